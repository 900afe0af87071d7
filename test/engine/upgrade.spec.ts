import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { engineRun } from "./support/engineRun";
import { programOf } from "./support/earlierProgram";
import { ownStack } from "./support/ownStack";
import { PulumiStack } from "./support/pulumiCli";
import { repository } from "./support/tools";
import { volumes } from "./support/volumes";

// Proves what an update of this package alone does to stacks that the program of an earlier commit made: it replaces nothing, and image,
// charts and every field of the pods stay, except those that the list below names with their lines of CHANGELOG.md. Account and kubelet
// are simulated, as in the other specs.

/** The last commit before stacks recorded their defaults. */
const earlier = "39111e29960cbb9690482be23d0d8d81c1e6ac98";

/**
 * What may be replaced, or change in a running group, and the words of CHANGELOG.md that say so. A change that is not here rolls groups
 * unannounced: say it in CHANGELOG.md and add its line.
 */
const namedChanges: readonly { changes: RegExp; changelog: string }[] = [
  {
    changes:
      /^(create-replacement|replace|delete-replaced) vllm-probes( data\["wait_for_leader\.py"\])?$|^update vllm-set .*(\.configMap\.name|\.containers\[0\]\.command\[2\]|\.lifecycle.*)$/,
    changelog: "They now wait for the leader itself (`wait_for_leader.py`)",
  },
  {
    changes:
      /^(create-replacement|replace|delete-replaced) vllm-probes data\["engine_progress\.py"\]$|^update vllm-set .*\.(containers\[0\]\.((env|args)\[\d+\].*|livenessProbe\..*)|terminationGracePeriodSeconds)$/,
    changelog: "**Every group rolls once**, because environment, arguments and probes of its pods change",
  },
  {
    changes:
      /^(create-replacement|replace|delete-replaced) (weights-scripts( data\["content\.py"\])?|weights-download( metadata\.name| spec\..*\.configMap\.name)?)$/,
    changelog: "so its Job runs once more on stacks that exist",
  },
];

interface Change {
  op: string;
  name: string;
  type: string;
  fields: string[];
}

/** What the engine says that it will do, with the fields that differ. */
function changesOf(events: string): Change[] {
  interface Event {
    resourcePreEvent?: {
      metadata: { op: string; urn: string; type: string; diffs?: string[]; detailedDiff?: Record<string, unknown> | null };
    };
  }
  return events
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => (JSON.parse(line) as Event).resourcePreEvent?.metadata ?? [])
    .filter(({ op, type }) => !["same", "read"].includes(op) && !/^(pulumi:pulumi:Stack$|pulumi:providers:|vllm-eks:)/.test(type))
    .map(({ op, urn, type, diffs, detailedDiff }) => ({
      ...{ op, type, name: urn.split("::").at(-1) ?? "" },
      fields: Object.keys(detailedDiff ?? {}).length > 0 ? Object.keys(detailedDiff ?? {}) : (diffs ?? []),
    }));
}

async function podsOf(namespace: string): Promise<{ uids: string[]; images: string[] }> {
  const all = await engineRun().api.list("v1/Pod", namespace);
  const serving = all.filter(({ metadata }) => metadata.labels?.["leaderworkerset.sigs.k8s.io/name"] === "vllm");
  const images = serving.map(({ spec }) => (spec.containers as { image: string }[])[0]!.image);
  return { uids: serving.map(({ metadata }) => String(metadata.uid)).sort(), images: [...new Set(images)] };
}

describe("an update of this package", () => {
  it("is described by CHANGELOG.md, as far as it rolls groups", () => {
    const changelog = fs.readFileSync(path.join(repository, "CHANGELOG.md"), "utf8").replaceAll(/\s+/g, " ");
    for (const { changelog: words } of namedChanges) assert.ok(changelog.includes(words), words);
  });

  const stacks: [name: string, image: RegExp, make: () => Promise<PulumiStack>][] = [
    [
      "local",
      /vllm-openai-cpu:v0\.27\.1$/,
      async () => {
        await volumes(engineRun().api, "upgraded-local", 2);
        const stack = new PulumiStack(engineRun(), "upgraded-local", { like: "local", source: programOf(earlier) });
        await stack.init();
        await stack.set({ "vllm-eks:cluster.kubeconfig": engineRun().kubeconfig }, { "vllm-eks:apiKey": "sk-engine-lane-upgrade" });
        return stack;
      },
    ],
    [
      "dev",
      /vllm:0\.27\.1-gpu-py312-cu130-ubuntu22\.04-ec2$/,
      async () => (await ownStack("upgraded-dev", "dev", {}, { source: programOf(earlier) })).stack,
    ],
  ];

  for (const [name, image, make] of stacks) {
    describe(`of ${name}`, () => {
      const namespace = `vllm-upgraded-${name}`;
      let stack: PulumiStack;
      let pods: Awaited<ReturnType<typeof podsOf>>;
      let changes: Change[];

      before(async () => {
        stack = await make();
        stack.succeeded(await stack.up());
        pods = await podsOf(namespace);
        stack.runProgramOf(repository);
        changes = changesOf(stack.succeeded(await stack.preview()).events);
      });

      it("replaces nothing, changes no chart, and of the groups only what CHANGELOG.md names", () => {
        const rolls = ({ op, type }: Change) => op !== "update" || /:(LeaderWorkerSet|Release)$/.test(type);
        const found = changes
          .filter(rolls)
          .flatMap(({ op, name: changed, fields }) =>
            (fields.length > 0 ? fields : [""]).map((field) => `${op} ${changed} ${field}`.trim()),
          );
        assert.deepEqual(
          found.filter((change) => !namedChanges.some((named) => named.changes.test(change))),
          [],
        );
      });

      it("keeps the image, and the pods too if no named change rolls them", async () => {
        stack.succeeded(await stack.up());
        const now = await podsOf(namespace);
        assert.equal(now.images.length, 1);
        assert.match(now.images[0]!, image);
        if (!changes.some(({ type }) => type.endsWith(":LeaderWorkerSet"))) assert.deepEqual(now.uids, pods.uids);
      });

      if (name === "dev")
        it("takes the newest image when its configuration says so", async () => {
          await stack.set({ "vllm-eks:defaults": "2026-11" });
          const taken = changesOf(stack.succeeded(await stack.up()).events);
          assert.deepEqual(
            taken.map(({ op, name: changed }) => `${op} ${changed}`),
            ["update vllm-set"],
          );
          assert.match((await podsOf(namespace)).images.join(), /vllm:server-cuda-v2\.4$/);
        });

      after(async () => {
        stack.succeeded(await stack.destroy());
      });
    });
  }
});

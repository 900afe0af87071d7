import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { KubernetesObject } from "./support/kubernetesApi";
import { engineRun } from "./support/engineRun";
import { repository } from "./support/tools";

// Proves that the API server of the pinned Kubernetes, with its admission and the LeaderWorkerSet webhook, accepts every reviewed manifest.
// The kind TargetGroupBinding is a fixture: its controller's rules are not applied. Helm values are not API objects and are not sent.

const folder = path.join(repository, "test/golden/manifests");

/** Paths of values that the server stores differently from what was sent; values that the server adds do not matter. */
function altered(given: unknown, kept: unknown, path = ""): string[] {
  if (typeof given !== "object" || given === null) return given === kept ? [] : [`${path}: ${String(given)} => ${String(kept)}`];
  return Object.entries(given).flatMap(([key, value]) =>
    altered(value, (kept as Record<string, unknown> | undefined)?.[key], `${path}.${key}`),
  );
}

for (const stack of ["dev", "prod", "local"])
  describe(`the API server and the manifests of ${stack}`, () => {
    const files = fs.readdirSync(path.join(folder, stack)).filter((file) => file.endsWith(".yaml"));
    // A dry run stores nothing, but an object needs its namespace: create one with the same labels, under a name that no other spec uses.
    const namespace = `manifests-of-${stack}`;
    const read = (file: string) => {
      const manifest = parse(fs.readFileSync(path.join(folder, stack, file), "utf8")) as KubernetesObject;
      if (manifest.metadata.namespace) manifest.metadata.namespace = namespace;
      return manifest;
    };
    before(() => {
      const { labels } = read(`namespace-vllm-${stack}.yaml`).metadata;
      return engineRun().api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: labels! } });
    });
    after(() => engineRun().api.delete("v1/Namespace", namespace));

    it(`agree on all ${files.length} of them, with unknown fields forbidden`, async () => {
      const refused: string[] = [];
      for (const file of files) {
        await engineRun()
          .api.create(read(file), { dryRun: true })
          .catch((error: Error) => refused.push(`${file}: ${error.message}`));
      }
      assert.deepEqual(refused, []);
    });

    it("report a misspelt field by name, in a built-in kind and in a set", async () => {
      const { api } = engineRun();
      const service = read("service-vllm-leader.yaml");
      service.spec.sessionAfinity = "None";
      await assert.rejects(api.create(service, { dryRun: true }), /unknown field "spec\.sessionAfinity"/);

      const set = read("leaderworkerset-vllm.yaml");
      set.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].terminationGracePeriod = 5;
      await assert.rejects(
        api.create(set, { dryRun: true }),
        /unknown field "spec\.leaderWorkerTemplate\.leaderTemplate\.spec\.containers\[0\]\.terminationGracePeriod"/,
      );
    });

    it("keep a set word for word: every later update would find a rewritten value changed", async () => {
      const set = read("leaderworkerset-vllm.yaml");
      assert.deepEqual(altered(set, await engineRun().api.create(set, { dryRun: true })), []);
    });

    it("include the LeaderWorkerSet webhook, which refuses what the schema lets through", async () => {
      const set = read("leaderworkerset-vllm.yaml");
      set.spec.leaderWorkerTemplate.size = 0;
      await assert.rejects(engineRun().api.create(set, { dryRun: true }), /webhook|size must be/);
    });
  });

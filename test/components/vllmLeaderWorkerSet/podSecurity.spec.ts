import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { instanceType } from "../../../catalog/instanceTypes";
import { vllmImages } from "../../../catalog/images";
import { podResources } from "../../../components/vllmLeaderWorkerSet/podResources";
import { podVolumes } from "../../../components/vllmLeaderWorkerSet/podVolumes";
import { tryResolveServing } from "../../../components/vllmLeaderWorkerSet/resolveServing";
import { VllmLeaderWorkerSet, type VllmLeaderWorkerSetArgs } from "../../../components/vllmLeaderWorkerSet/vllmLeaderWorkerSet";
import { only, recordProgram } from "../../support/record";
import { local, oneNode, twoNodes } from "./servingSamples";

// Proves as what user the engine runs, where it can write, and how much of the node's disk it can fill. Only the real engine shows that the
// list of directories is complete, and only EFA that another user can pin memory.
/* eslint-disable @typescript-eslint/no-explicit-any */
async function podsOf(args: VllmLeaderWorkerSetArgs): Promise<any[]> {
  const recording = await recordProgram(() => void new VllmLeaderWorkerSet("vllm", args));
  const { leaderWorkerTemplate } = only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet").inputs.spec as any;
  return [leaderWorkerTemplate.leaderTemplate.spec, leaderWorkerTemplate.workerTemplate.spec];
}
const withEngine = (engine: VllmLeaderWorkerSetArgs["engine"], args = twoNodes): VllmLeaderWorkerSetArgs => ({
  ...args,
  engine: { ...args.engine, ...engine },
});
const everyShape = { "two nodes": twoNodes, "one node": oneNode, "a laptop": local };

for (const [shape, args] of Object.entries(everyShape))
  describe(`the engine's container on ${shape}`, () => {
    let pods: any[];
    before(async () => (pods = await podsOf(args)));

    it("can write only to volumes: its root is read-only, and every cache, HOME, /tmp and /dev/shm is a mount", () => {
      for (const { containers, volumes } of pods) {
        const [{ securityContext, volumeMounts, env }] = containers;
        assert.equal(securityContext.readOnlyRootFilesystem, true);
        const writable = volumeMounts.filter(({ readOnly }: any) => !readOnly);
        const mounted = (directory: string) =>
          writable.some(({ mountPath }: any) => directory === mountPath || directory.startsWith(`${mountPath}/`));
        const directories = env.filter(({ name }: any) => /^(HOME|XDG_\w+|HF_HOME|\w+_(DIR|ROOT|PATH|BASE))$/.test(name));
        assert.equal(directories.length, 9);
        for (const { name, value } of directories) assert.ok(mounted(value), `${name}=${value}`);
        for (const directory of ["/tmp", "/dev/shm"]) assert.ok(mounted(directory), directory);
        for (const { name } of writable) {
          const { emptyDir, hostPath } = volumes.find((volume: any) => volume.name === name);
          assert.ok(emptyDir?.sizeLimit ?? hostPath, `${name} has no size limit`);
        }
      }
    });

    it("has a limit of disk that holds all its directories, so that none of them evicts the pod before it is full", () => {
      for (const { containers, volumes } of pods) {
        const { requests, limits } = containers[0].resources;
        const gibibytes = (text: string) => Number(/^(\d+)Gi$/.exec(text)?.[1]);
        const onDisk = volumes.filter(({ emptyDir }: any) => emptyDir && emptyDir.medium !== "Memory");
        const together = onDisk.reduce((sum: number, { emptyDir }: any) => sum + gibibytes(emptyDir.sizeLimit), 0);
        assert.ok(gibibytes(limits["ephemeral-storage"]) > together);
        assert.ok(gibibytes(requests["ephemeral-storage"]) <= gibibytes(limits["ephemeral-storage"]));
      }
    });

    it("loads no pickle: vLLM takes safetensors where there are any, unless a flag or a variable says otherwise", () => {
      // vLLM's model_loader/default_loader.py, and its serial_utils.py for messages between processes.
      for (const { containers } of pods) {
        const [{ args, env }] = containers;
        assert.ok(args.some((word: string) => word.startsWith("/models/")) && env.length > 5);
        assert.deepEqual(
          args.filter((word: string) => /^--(load-format|model-loader|enable-.*-embeds)/.test(word.replaceAll("_", "-"))),
          [],
        );
        assert.deepEqual(
          env.filter(({ name }: any) => /INSECURE|PICKLE|TORCH_FORCE_NO_WEIGHTS_ONLY/.test(name)),
          [],
        );
      }
    });

    it("has the runtime's seccomp profile, no token, no service links and no way to more rights", () => {
      for (const { securityContext, containers, automountServiceAccountToken, enableServiceLinks } of pods) {
        assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
        assert.deepEqual([automountServiceAccountToken, enableServiceLinks], [false, false]);
        for (const each of containers) {
          assert.equal(each.securityContext.allowPrivilegeEscalation, false);
          assert.deepEqual(each.securityContext.capabilities.drop, ["ALL"]);
        }
      }
    });
  });

describe("the user of the engine", () => {
  it("is root on GPUs, whatever the image says: IPC_LOCK is effective only for user 0", async () => {
    for (const { securityContext, containers } of await podsOf(twoNodes)) {
      assert.deepEqual([securityContext.runAsUser, securityContext.runAsGroup], [0, 0]);
      assert.deepEqual(containers[0].securityContext.capabilities.add, ["IPC_LOCK"]);
    }
  });

  it("is another one with runAsNonRoot, without any capability and without a directory of the node", async () => {
    for (const [engine, user] of [
      [{ runAsNonRoot: true }, 1000],
      [{ runAsNonRoot: true, runAsUser: 2000 }, 2000],
    ] as const)
      for (const { securityContext, containers, volumes } of await podsOf(withEngine(engine))) {
        const { runAsNonRoot, runAsUser, runAsGroup } = securityContext;
        assert.deepEqual([runAsNonRoot, runAsUser, runAsGroup], [true, user, user]);
        assert.deepEqual(containers[0].securityContext.capabilities, { drop: ["ALL"] });
        assert.ok(volumes.every(({ hostPath }: any) => hostPath === undefined));
        const names = containers[0].env.map(({ name }: any) => name);
        assert.ok(names.includes("USER") && names.includes("LOGNAME"));
      }
  });

  it("must have a number of 1 or more", () => {
    for (const runAsUser of [0, -1, 1.5, 2 ** 31])
      assert.deepEqual(
        tryResolveServing("vllm", withEngine({ runAsNonRoot: true, runAsUser })).problems.map(({ code, path }) => `${code} ${path}`),
        ["out-of-range engine.runAsUser"],
      );
  });

  it("is root for every image of the catalog, until a run as another user on GPUs and EFA is recorded for one", () => {
    assert.deepEqual(
      vllmImages.filter(({ runAsNonRoot }) => runAsNonRoot !== undefined).map(({ tag }) => tag),
      [],
    );
  });
});

describe("a root file system that is not read-only", () => {
  it("is a setting, for images that write elsewhere; the volumes stay", async () => {
    for (const { containers, volumes } of await podsOf(withEngine({ readOnlyRootFilesystem: false }))) {
      assert.equal(containers[0].securityContext.readOnlyRootFilesystem, false);
      assert.equal(volumes.length, 6);
    }
  });
});

describe("the compile cache on a node", () => {
  const pathOf = async (args: VllmLeaderWorkerSetArgs): Promise<string> =>
    (await podsOf(args))[0].volumes.find(({ name }: any) => name === "compile-cache").hostPath.path;

  it("is a separate directory for each namespace, set and image, because the engine runs what lies there", async () => {
    const paths = [
      await pathOf(twoNodes),
      await pathOf({ ...twoNodes, namespace: "vllm-other" }),
      await pathOf({ ...twoNodes, image: "registry.example/vllm:0.27.2" }),
    ];
    assert.equal(new Set(paths).size, paths.length);
    const hash = createHash("sha256").update("registry.example/vllm:0.27.1").digest("hex").slice(0, 10);
    assert.equal(paths[0], `/mnt/k8s-disks/0/vllm-cache/inference/vllm/${hash}`);
    assert.equal(await pathOf(twoNodes), paths[0]);
  });

  it("has no part of an image's name in its path", async () => {
    assert.match(
      await pathOf({ ...twoNodes, image: "registry.example/../../etc@sha256:0" }),
      /^\/mnt\/k8s-disks\/0\/vllm-cache\/inference\/vllm\/[0-9a-f]{10}$/,
    );
  });

  it("is on the local disks of a node that has some, else on its root disk", () => {
    const type = instanceType("p4d.24xlarge");
    const volumesOn = (nvmeGB: number) =>
      podVolumes(
        "vllm",
        { ...type, nvmeGB },
        {
          ...{ namespace: "inference", image: "vllm:1", modelClaimName: "claim", probeConfigMapName: "probes" },
          ...{ resources: podResources(type, 1, 0), mayUseHostDirectory: true },
        },
      );
    const pathOn = (nvmeGB: number) => promise(volumesOn(nvmeGB).find(({ name }: any) => name === "compile-cache") as any);
    const promise = async (volume: any): Promise<string> =>
      new Promise((resolve) => pulumi.output(volume.hostPath.path).apply((path: string) => resolve(path)));
    return Promise.all([
      pathOn(0).then((path) => assert.match(path, /^\/var\/cache\/vllm\/inference\/vllm\//)),
      pathOn(8000).then((path) => assert.match(path, /^\/mnt\/k8s-disks\/0\/vllm-cache\/inference\/vllm\//)),
    ]);
  });
});

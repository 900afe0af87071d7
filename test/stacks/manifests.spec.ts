import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { instanceType } from "../../catalog/instanceTypes";
import { manifests, type Manifest } from "../../plan/manifests";
import { environmentOf, recordEnvironment } from "../support/environments";
import { golden } from "../support/golden";

// Compares what is sent to Kubernetes with rules that hold for every environment and with reviewed files. The engine lane shows that
// an API server accepts it. Names, ids and addresses that only a cluster knows are samples.

const stacks = ["dev", "prod", "local"];
const folder = path.resolve(__dirname, "../golden/manifests");

interface Container {
  name: string;
  image: string;
  command: string[];
  args: string[];
  env: { name: string; value?: string }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: { privileged?: boolean; allowPrivilegeEscalation?: boolean; capabilities: { add?: string[]; drop: string[] } };
}
interface PodTemplate {
  spec: { containers: Container[]; hostNetwork?: boolean; serviceAccountName?: string; automountServiceAccountToken: boolean };
}

/** Every pod template of the objects: of the set, and of the download Job. */
const podTemplates = (all: Manifest[]): PodTemplate[] =>
  all.flatMap(({ content }) => {
    const spec = content.spec as Record<string, unknown> | undefined;
    const set = spec?.leaderWorkerTemplate as Record<"leaderTemplate" | "workerTemplate", PodTemplate> | undefined;
    return set ? [set.leaderTemplate, set.workerTemplate] : content.kind === "Job" ? [spec?.template as PodTemplate] : [];
  });

for (const stack of stacks)
  describe(`manifests of ${stack}`, () => {
    let all: Manifest[];
    before(async () => (all = manifests((await recordEnvironment(environmentOf(stack))).resources)));

    it("equal the reviewed files, one file each", () => {
      for (const { file, content } of all)
        golden(path.join("manifests", stack, file), stringify(content, { lineWidth: 0, aliasDuplicateObjects: false }));
      const files = fs.readdirSync(path.join(folder, stack), { recursive: true }).map(String);
      assert.deepEqual(files.filter((file) => file.endsWith(".yaml")).sort(), all.map(({ file }) => file).sort());
    });

    it("have no privileged container, no moving tag, no switch that turns NCCL's paths off, and no secret", () => {
      const text = all.map(({ content }) => stringify(content, { lineWidth: 0 })).join("\n");
      assert.doesNotMatch(text, /privileged: true|hostNetwork: true|hostPID: true/);
      assert.doesNotMatch(text, /:latest\b|@latest\b|:main\b|:master\b/);
      assert.doesNotMatch(text, /NCCL_\w*DISABLE|NCCL_NET_GDR_LEVEL|FI_PROVIDER|LD_LIBRARY_PATH|FI_EFA_USE_DEVICE_RDMA/);
      assert.doesNotMatch(text, /sk-test-only|hf_test_only/);
      assert.doesNotMatch(text, /\[output\]|undefined|\[object Object\]/);
    });

    it("give pods no Kubernetes token and at most the capability IPC_LOCK", () => {
      for (const { spec } of podTemplates(all)) {
        assert.equal(spec.automountServiceAccountToken, false);
        for (const { securityContext } of spec.containers) {
          assert.deepEqual(securityContext.capabilities.drop, ["ALL"]);
          assert.equal(securityContext.allowPrivilegeEscalation, false);
          assert.ok((securityContext.capabilities.add ?? []).every((capability) => capability === "IPC_LOCK"));
        }
      }
    });

    it("start vLLM by an argument list in which no value passes through a shell", () => {
      for (const { spec } of podTemplates(all))
        for (const { command, args } of spec.containers) {
          if (command[0] === "/bin/bash") assert.doesNotMatch(command[2] ?? "", /Qwen|Kimi|DeepSeek|--tensor-parallel-size/);
          assert.ok(args.length > 3);
        }
    });
  });

for (const [stack, type] of [
  ["dev", "p4d.24xlarge"],
  ["prod", "p5en.48xlarge"],
] as const)
  describe(`serving pods of ${stack}`, () => {
    it(`take all GPUs and all EFA interfaces of a ${type}, request and limit alike`, async () => {
      const all = manifests((await recordEnvironment(environmentOf(stack))).resources);
      const { gpu, efaInterfaces, allocatable } = instanceType(type);
      const containers = podTemplates(all)
        .flatMap(({ spec }) => spec.containers)
        .filter(({ name }) => name === "vllm");
      assert.equal(containers.length, 2);
      for (const { resources } of containers)
        for (const amounts of [resources.requests, resources.limits]) {
          assert.equal(Number(amounts["nvidia.com/gpu"]), gpu!.count);
          assert.equal(Number(amounts["vpc.amazonaws.com/efa"]), efaInterfaces);
          assert.ok(parseInt(amounts.memory ?? "0") < allocatable.memoryMi, amounts.memory);
        }
    });
  });

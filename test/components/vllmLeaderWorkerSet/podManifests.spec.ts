import assert from "node:assert/strict";
import { launchCommand } from "../../../components/vllmLeaderWorkerSet/launchScript";
import { VllmLeaderWorkerSet, type VllmLeaderWorkerSetArgs } from "../../../components/vllmLeaderWorkerSet/vllmLeaderWorkerSet";
import { only, recordProgram } from "../../support/record";
import { local, oneNode, twoNodes } from "./servingSamples";

// Proves what is sent to Kubernetes, word for word. The engine lane proves that an API server and the controller accept it. Only AWS can
// prove that GPUs and EFA work in such a pod.
/* eslint-disable @typescript-eslint/no-explicit-any */
async function templatesOf(args: VllmLeaderWorkerSetArgs): Promise<{ leader: any; worker: any; spec: any }> {
  const recording = await recordProgram(() => void new VllmLeaderWorkerSet("vllm", args));
  const spec = only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet").inputs.spec as any;
  return { leader: spec.leaderWorkerTemplate.leaderTemplate, worker: spec.leaderWorkerTemplate.workerTemplate, spec };
}

const environmentOf = (template: any): Record<string, string> =>
  Object.fromEntries(template.spec.containers[0].env.map((each: any) => [each.name, each.value ?? JSON.stringify(each.valueFrom)]));

const p4dDevices = { "nvidia.com/gpu": "8", "vpc.amazonaws.com/efa": "4" };
const mounts = [
  { name: "model", mountPath: "/models", readOnly: true },
  { name: "probes", mountPath: "/etc/vllm-eks/probes", readOnly: true },
  { name: "shared-memory", mountPath: "/dev/shm" },
  { name: "compile-cache", mountPath: "/var/cache/vllm" },
  { name: "temporary", mountPath: "/tmp" },
  { name: "home", mountPath: "/home/vllm" },
];
const gpuDisk = { requests: { "ephemeral-storage": "8Gi" }, limits: { "ephemeral-storage": "24Gi" } };

describe("pods of a group on two p4d.24xlarge", () => {
  let leader: any, worker: any, spec: any;
  before(async () => ({ leader, worker, spec } = await templatesOf(twoNodes)));

  it("form groups of two that start together, are recreated as a whole and are updated without spare GPUs", () => {
    const { leaderWorkerTemplate, ...rest } = spec;
    assert.deepEqual(rest, {
      replicas: 1,
      startupPolicy: "LeaderCreated",
      rolloutStrategy: { type: "RollingUpdate", rollingUpdateConfiguration: { maxUnavailable: 1, maxSurge: 0 } },
    });
    assert.deepEqual(Object.keys(leaderWorkerTemplate).sort(), ["leaderTemplate", "restartPolicy", "size", "workerTemplate"]);
    assert.equal(leaderWorkerTemplate.size, 2);
    assert.equal(leaderWorkerTemplate.restartPolicy, "RecreateGroupAfterStart");
  });

  it("run exactly this container in the leader", () => {
    const { env, volumeMounts, ...container } = leader.spec.containers[0];
    assert.ok(env);
    assert.deepEqual(volumeMounts, mounts);
    assert.deepEqual(container, {
      name: "vllm",
      image: "registry.example/vllm:0.27.1",
      command: launchCommand,
      args: [
        ...["/models/store/main", "--served-model-name", "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B"],
        ...["--tensor-parallel-size", "8", "--pipeline-parallel-size", "2", "--max-model-len", "16384"],
        ...["--nnodes", "2", "--node-rank", "$(LWS_WORKER_INDEX)", "--master-port", "29501"],
        ...["--distributed-timeout-seconds", "2580", "--cpu-distributed-timeout-seconds", "2580", "--reasoning-parser", "deepseek_r1"],
        ...["--host", "0.0.0.0", "--port", "8000", "--shutdown-timeout", "120"],
        ...["--disable-access-log-for-endpoints", "/health,/metrics,/ping"],
      ],
      resources: {
        requests: { cpu: "94690m", memory: "1080664Mi", ...p4dDevices, ...gpuDisk.requests },
        limits: { memory: "1080664Mi", ...p4dDevices, ...gpuDisk.limits },
      },
      securityContext: {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ["ALL"], add: ["IPC_LOCK"] },
      },
      ports: [{ name: "http", containerPort: 8000 }],
      startupProbe: {
        exec: {
          command: [
            ...["python3", "/etc/vllm-eks/probes/completion.py", "http://127.0.0.1:8000"],
            ...["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "8"],
          ],
        },
        ...{ periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 138 },
      },
      readinessProbe: { httpGet: { path: "/health", port: 8000 }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
      livenessProbe: {
        exec: {
          command: [
            ...["python3", "/etc/vllm-eks/probes/engine_progress.py", "http://127.0.0.1:8000"],
            ...["deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "180"],
          ],
        },
        ...{ periodSeconds: 30, timeoutSeconds: 15, failureThreshold: 8, terminationGracePeriodSeconds: 30 },
      },
      lifecycle: { preStop: { exec: { command: ["python3", "/etc/vllm-eks/probes/wait_for_leader.py", "8000", "127.0.0.1", "60"] } } },
    });
  });

  it("run workers headless, without key, port, start-up probe and liveness probe", () => {
    const container = worker.spec.containers[0];
    assert.deepEqual(container.args.slice(-3), ["--reasoning-parser", "deepseek_r1", "--headless"]);
    assert.deepEqual(container.command, launchCommand);
    for (const field of ["ports", "startupProbe", "livenessProbe"]) assert.equal(field in container, false, field);
    assert.equal("VLLM_API_KEY" in environmentOf(worker), false);
    assert.deepEqual(container.resources, leader.spec.containers[0].resources);
  });

  it("keep workers alive until their leader has drained, and both within the grace period", () => {
    const command = ["python3", "/etc/vllm-eks/probes/wait_for_leader.py", "8000", String(60 + 120 + 15)];
    assert.deepEqual(worker.spec.containers[0].lifecycle, { preStop: { exec: { command } } });
    assert.equal(worker.spec.terminationGracePeriodSeconds, 210);
    assert.equal(leader.spec.terminationGracePeriodSeconds, 210);
  });

  it("take all GPUs and EFA interfaces of the node, with IPC_LOCK as the only privilege", () => {
    for (const template of [leader, worker]) {
      const { resources, securityContext } = template.spec.containers[0];
      for (const list of [resources.requests, resources.limits])
        for (const [name, count] of Object.entries(p4dDevices)) assert.equal(list[name], count);
      assert.deepEqual(securityContext.capabilities, { drop: ["ALL"], add: ["IPC_LOCK"] });
      assert.ok(!("privileged" in securityContext));
      assert.deepEqual(template.spec.securityContext, { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } });
      assert.equal(template.spec.automountServiceAccountToken, false);
      assert.equal(template.spec.enableServiceLinks, false);
      assert.equal("hostNetwork" in template.spec, false);
    }
  });

  it("stay in one zone: leader and workers both require it", () => {
    for (const template of [leader, worker]) {
      assert.deepEqual(template.spec.affinity, {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: ["us-west-2a"] }] }],
          },
        },
      });
      assert.deepEqual(template.spec.nodeSelector, { "vllm-eks/gpu-node": "true", "node.kubernetes.io/instance-type": "p4d.24xlarge" });
      // The CSI driver's start-up taint is missing: a pod must wait until it can mount its volume.
      assert.deepEqual(template.spec.tolerations, [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
    }
  });

  it("stay in one zone even if none is given: pods follow other pods of their set", async () => {
    const unplaced = { ...twoNodes };
    delete unplaced.availabilityZone;
    const templates = await templatesOf(unplaced);
    for (const template of [templates.leader, templates.worker]) {
      const [term] = template.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution;
      assert.deepEqual(term, {
        labelSelector: { matchLabels: { "leaderworkerset.sigs.k8s.io/name": "vllm" } },
        topologyKey: "topology.kubernetes.io/zone",
      });
    }
  });

  it("mount the weights from the claim, memory as /dev/shm, and the node's disk as compile cache", () => {
    const volumes = leader.spec.volumes;
    assert.deepEqual(volumes[0], { name: "model", persistentVolumeClaim: { claimName: "weights-1a2b" } });
    assert.deepEqual(volumes.slice(2), [
      { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "16Gi" } },
      { name: "compile-cache", hostPath: { path: "/mnt/k8s-disks/0/vllm-cache/inference/vllm/f206cd0e3b", type: "DirectoryOrCreate" } },
      { name: "temporary", emptyDir: { sizeLimit: "8Gi" } },
      { name: "home", emptyDir: { sizeLimit: "4Gi" } },
    ]);
    assert.deepEqual(worker.spec.volumes, volumes);
  });

  it("set exactly these variables, and none that switches off NVLink, GPUDirect or the EFA libraries", () => {
    assert.deepEqual(environmentOf(leader), {
      ...{ HF_HUB_OFFLINE: "1", VLLM_NO_USAGE_STATS: "1", VLLM_CACHE_ROOT: "/var/cache/vllm" },
      ...{ TORCHINDUCTOR_CACHE_DIR: "/var/cache/vllm/torchinductor", TRITON_CACHE_DIR: "/var/cache/vllm/triton" },
      ...{ FLASHINFER_WORKSPACE_BASE: "/var/cache/vllm/flashinfer", CUDA_CACHE_PATH: "/var/cache/vllm/cuda" },
      ...{ HOME: "/home/vllm", XDG_CACHE_HOME: "/home/vllm/.cache", XDG_CONFIG_HOME: "/home/vllm/.config" },
      HF_HOME: "/home/vllm/huggingface",
      ...{ VLLM_ENGINE_READY_TIMEOUT_S: "1440", VLLM_HTTP_TIMEOUT_KEEP_ALIVE: "615", VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS: "300" },
      VLLM_HOST_IP: '{"fieldRef":{"fieldPath":"status.podIP"}}',
      ...{ GLOO_SOCKET_IFNAME: "eth0", NCCL_DEBUG: "WARN", FI_EFA_USE_HUGE_PAGE: "0" },
      VLLM_API_KEY: '{"secretKeyRef":{"key":"api-key","name":"api-key-9f8e"}}',
    });
    const names = Object.keys(environmentOf(worker)).join(" ");
    assert.doesNotMatch(names, /NCCL_\w+_DISABLE|NCCL_NET_GDR_LEVEL|FI_PROVIDER|LD_LIBRARY_PATH|RAY/);
  });

  it("request huge pages only if the node group reserves them, and then exactly those, out of the same memory", async () => {
    assert.equal("hugepages-2Mi" in leader.spec.containers[0].resources.requests, false);
    const reserved = await templatesOf({ ...twoNodes, hugePagesMiB: 5120 });
    const { requests, limits } = reserved.worker.spec.containers[0].resources;
    assert.deepEqual([requests["hugepages-2Mi"], limits["hugepages-2Mi"], requests.memory], ["5Gi", "5Gi", "1075544Mi"]);
    assert.equal("FI_EFA_USE_HUGE_PAGE" in environmentOf(reserved.leader), false);
  });
});

describe("a group on one node", () => {
  it("starts vLLM directly, without a shell or ranks, on all GPUs and interfaces of the node", async () => {
    const { leader, worker, spec } = await templatesOf(oneNode);
    const container = leader.spec.containers[0];
    assert.equal(spec.leaderWorkerTemplate.size, 1);
    assert.deepEqual(container.command, ["vllm", "serve"]);
    for (const flag of ["--nnodes", "--node-rank", "--headless"]) assert.equal(container.args.includes(flag), false, flag);
    assert.equal(container.resources.limits["vpc.amazonaws.com/efa"], "4");
    assert.deepEqual(worker, leader);
  });

  it("takes the whole node even if its model needs fewer GPUs", async () => {
    const { leader } = await templatesOf({ ...oneNode, tensorParallelSize: 4 });
    assert.equal(leader.spec.containers[0].resources.limits["nvidia.com/gpu"], "8");
    assert.equal(leader.spec.containers[0].resources.limits["vpc.amazonaws.com/efa"], "4");
  });
});

describe("a group on a local cluster", () => {
  it("needs no GPU, no label, no taint and no privilege, and little memory", async () => {
    const { leader, spec } = await templatesOf(local);
    const container = leader.spec.containers[0];
    assert.equal(spec.leaderWorkerTemplate.size, 1);
    for (const field of ["nodeSelector", "affinity", "tolerations"]) assert.equal(field in leader.spec, false, field);
    assert.deepEqual(container.securityContext, {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ["ALL"] },
    });
    assert.deepEqual(container.resources, {
      requests: { cpu: "1", memory: "5745Mi", "ephemeral-storage": "1Gi" },
      limits: { memory: "5745Mi", "ephemeral-storage": "8Gi" },
    });
    assert.deepEqual(leader.spec.volumes.slice(2), [
      { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "512Mi" } },
      { name: "compile-cache", emptyDir: { sizeLimit: "2Gi" } },
      { name: "temporary", emptyDir: { sizeLimit: "2Gi" } },
      { name: "home", emptyDir: { sizeLimit: "2Gi" } },
    ]);
    const environment = environmentOf(leader);
    assert.equal(environment.VLLM_CPU_KVCACHE_SPACE, "1");
    assert.equal("NCCL_DEBUG" in environment, false);
  });
});

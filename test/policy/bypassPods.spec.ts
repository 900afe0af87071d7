import assert from "node:assert/strict";
import fc from "fast-check";
import { broken, container } from "./ownResources";

// Proves that a rule sees what it forbids in whatever resource it is written. It does not prove that there is no other resource: the table
// of docs/policy.md says what a policy cannot see.

const root = {
  volumes: [{ name: "host", hostPath: { path: "/" } }],
  securityContext: { runAsUser: 0, seccompProfile: { type: "Unconfined" } },
};

describe("a pod that takes over its node", () => {
  const privileged = { containers: [{ ...container, securityContext: { privileged: true } }] };
  const kinds: [string, Record<string, unknown>][] = [
    ["kubernetes:core/v1:PodPatch", { spec: privileged }],
    ["kubernetes:core/v1:PodList", { items: [{ spec: { containers: [container] } }, { spec: privileged }] }],
    ["kubernetes:apps/v1:DeploymentList", { items: [{ spec: { template: { spec: privileged } } }] }],
    ["kubernetes:apps/v1:StatefulSetPatch", { spec: { template: { spec: privileged } } }],
    ["kubernetes:core/v1:PodTemplate", { template: { spec: privileged } }],
    ["kubernetes:core/v1:ReplicationController", { spec: { template: { spec: privileged } } }],
    ["kubernetes:batch/v1:CronJobList", { items: [{ spec: { jobTemplate: { spec: { template: { spec: privileged } } } } }] }],
    ["kubernetes:ray.io/v1:RayCluster", { spec: { workerGroupSpecs: [{ template: { spec: privileged } }] } }],
    [
      "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet",
      { spec: { replicatedJobs: [{ template: { spec: { template: { spec: privileged } } } }] } },
    ],
    [
      "kubernetes:argoproj.io/v1alpha1:Workflow",
      { spec: { templates: [{ container: { ...container, securityContext: { privileged: true } } }] } },
    ],
  ];
  for (const [type, inputs] of kinds)
    it(`is seen in a ${type.split(":").at(-1)}`, () => assert.deepEqual(broken(type, inputs), ["pod-security"]));

  const settings: Record<string, Record<string, unknown>> = {
    "the root directory of the node": { containers: [container], volumes: root.volumes },
    "the container runtime's socket": { containers: [container], volumes: [{ hostPath: { path: "/run/containerd/containerd.sock" } }] },
    "a way around the allowed directories": { containers: [container], volumes: [{ hostPath: { path: "/var/cache/vllm/../../../etc" } }] },
    "a directory whose name only begins like an allowed one": {
      containers: [container],
      volumes: [{ hostPath: { path: "/var/cache/vllm-evil" } }],
    },
    "no seccomp profile": { containers: [container], securityContext: { seccompProfile: { type: "Unconfined" } } },
    "no AppArmor profile in one container": {
      containers: [{ ...container, securityContext: { appArmorProfile: { type: "Unconfined" } } }],
    },
    "the whole /proc": { containers: [{ ...container, securityContext: { procMount: "Unmasked" } }] },
    "a port of the node": { containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 80 }] }] },
    "a capability in lower case": { containers: [{ ...container, securityContext: { capabilities: { add: ["sys_admin"] } } }] },
    "a privileged init container": { initContainers: [{ ...container, securityContext: { privileged: true } }] },
    "a process of a Windows node": { containers: [{ ...container, securityContext: { windowsOptions: { hostProcess: true } } }] },
  };
  for (const [what, spec] of Object.entries(settings))
    it(`is seen by ${what}`, () =>
      assert.deepEqual(broken("kubernetes:apps/v1:Deployment", { spec: { template: { spec } } }), ["pod-security"]));

  it("is seen by an annotation of the time before the fields", () => {
    const annotations = { "container.apparmor.security.beta.kubernetes.io/engine": "unconfined" };
    assert.deepEqual(broken("kubernetes:core/v1:Pod", { metadata: { annotations }, spec: { containers: [container] } }), ["pod-security"]);
  });

  it("is seen behind a PersistentVolume with a directory of the node", () => {
    for (const source of ["hostPath", "local"])
      assert.deepEqual(broken("kubernetes:core/v1:PersistentVolume", { spec: { [source]: { path: "/etc" } } }), ["pod-security"], source);
    assert.deepEqual(broken("kubernetes:core/v1:PersistentVolume", { spec: { local: { path: "/mnt/k8s-disks/0/vllm-cache/x" } } }), []);
  });

  it("is not seen in a definition of a kind, which only names the fields, or in a harmless pod", () => {
    const schema = { properties: { hostNetwork: { type: "boolean" }, containers: { type: "array", items: {} } } };
    assert.deepEqual(broken("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", { spec: { versions: [{ schema }] } }), []);
    const volumes = [{ hostPath: { path: "/mnt/k8s-disks/0/vllm-cache/vllm-dev" } }, { emptyDir: {} }];
    assert.deepEqual(broken("kubernetes:core/v1:Pod", { spec: { containers: [container], volumes } }), []);
  });

  it("is seen wherever in an object of an unknown kind the pod lies", () => {
    const key = fc.stringMatching(/^[a-z][a-zA-Z]{0,8}$/).filter((name) => !["annotations", "image", "containers"].includes(name));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { minLength: 1, maxLength: 6 }), (steps) => {
        const inputs = steps.reduce<unknown>((inner, [name, inList]) => ({ [name]: inList ? [inner] : inner }), privileged);
        assert.deepEqual(broken("kubernetes:example.com/v1:Anything", inputs as Record<string, unknown>), ["pod-security"]);
      }),
    );
  });
});

describe("a moving image or chart", () => {
  const withImage = (image: string) => broken("kubernetes:core/v1:Pod", { spec: { containers: [{ ...container, image }] } });
  for (const tag of ["nightly", "main", "latest", "latest-gpu", "cu130-nightly", "dev", "stable", "alpine", "3", "v2", "edge"])
    it(`is seen by the tag ${tag}`, () => assert.deepEqual(withImage(`registry.example/vllm:${tag}`), ["pinned-images"]));
  for (const tag of [
    "0.27.1",
    "server-cuda-v2.3",
    "v0.27.1",
    "3.13.7-slim-bookworm",
    "nightly-0123abcdef0123abcdef0123abcdef0123abcdef",
    "0.27.1-gpu-py312-cu130-ubuntu22.04-ec2",
  ])
    it(`is not seen in the tag ${tag}`, () => assert.deepEqual(withImage(`registry.example/vllm:${tag}`), []));

  it("is seen in an image that is a volume", () => {
    const spec = { containers: [container], volumes: [{ name: "model", image: { reference: "registry.example/model:latest" } }] };
    assert.deepEqual(broken("kubernetes:core/v1:Pod", { spec }), ["pinned-images"]);
  });

  it("is not seen in a text of a ConfigMap or a disk of Ceph, which are not images of containers", () => {
    assert.deepEqual(broken("kubernetes:core/v1:ConfigMap", { data: { image: "logo" } }), []);
    assert.deepEqual(broken("kubernetes:core/v1:SecretList", { items: [{ stringData: { image: "logo" } }] }), []);
    const volumes = [{ name: "disk", rbd: { image: "disk", monitors: ["10.0.0.1"] } }];
    assert.deepEqual(broken("kubernetes:core/v1:Pod", { spec: { containers: [container], volumes } }), []);
    assert.deepEqual(broken("kubernetes:core/v1:PersistentVolume", { spec: { rbd: { image: "disk" } } }), []);
  });

  it("is seen in the values of a chart without a digest where the configuration wants one", () => {
    const settings = { "pinned-images": { requireDigest: true } };
    const release = (image: object) =>
      broken(
        "kubernetes:helm.sh/v3:Release",
        { chart: "vllm", version: "1.2.3", values: { image: { repository: "vllm", ...image } } },
        settings,
      );
    const digest = `sha256:${"0".repeat(64)}`;
    assert.deepEqual(release({ tag: "1.2.3" }), ["pinned-images"]);
    assert.deepEqual(release({ tag: `1.2.3@${digest}` }), []);
    assert.deepEqual(release({ tag: "1.2.3", digest }), []);
    assert.deepEqual(release({ tag: "[output]" }), []);
  });

  const charts: Record<string, [string, Record<string, unknown>]> = {
    "a chart of Helm v4 without a version": ["kubernetes:helm.sh/v4:Chart", { chart: "oci://registry.example/charts/vllm" }],
    "a chart of Helm v3 with a range": ["kubernetes:helm.sh/v3:Chart", { chart: "vllm", version: "^1.2.0" }],
    "a chart by plain HTTP": [
      "kubernetes:helm.sh/v3:Release",
      { chart: "vllm", version: "1.2.3", repositoryOpts: { repo: "http://charts.example" } },
    ],
    "an archive by plain HTTP": ["kubernetes:helm.sh/v4:Chart", { chart: "http://charts.example/vllm-1.2.3.tgz", version: "1.2.3" }],
    "a registry without TLS": ["kubernetes:helm.sh/v4:Chart", { chart: "oci://r.example/vllm", version: "1.2.3", plainHttp: true }],
    "a moving tag among its values": [
      "kubernetes:helm.sh/v3:Release",
      { chart: "vllm", version: "1.2.3", values: { engine: { image: { repository: "vllm", tag: "nightly" } } } },
    ],
  };
  for (const [what, [type, inputs]] of Object.entries(charts))
    it(`is seen as ${what}`, () => assert.deepEqual(broken(type, inputs), ["pinned-images"]));
  it("is not seen in a chart of the program's own folder", () =>
    assert.deepEqual(broken("kubernetes:helm.sh/v4:Chart", { chart: "./charts/vllm" }), []));
});

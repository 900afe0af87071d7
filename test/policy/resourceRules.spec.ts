import assert from "node:assert/strict";
import fc from "fast-check";
import { checkResources, type CheckedResource, type RuleSettings } from "../../policy";
import { changed, resourcesOf, type Inputs, type StackTitle } from "./judgedStacks";

// Proves that each rule about a single resource reports a violation, in the words that a person reads, and what it lets pass. It does not
// prove that the rules know every way to break a resource of AWS or Kubernetes.

interface Case {
  what: string;
  which: string;
  change: (inputs: Inputs) => void;
  settings?: RuleSettings;
  messages: string[];
}

const firstContainer = (inputs: Inputs) => inputs.spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0];
const leader = "spec.leaderWorkerTemplate.leaderTemplate.spec";
const jobPod = (inputs: Inputs) => inputs.spec.template.spec;
const mapRoot = "Map the root device with ebs.encrypted: true.";
const anywhere = "without a mapping the account decides whether the root volume is encrypted";
const lustre = "only SCRATCH_2, PERSISTENT_1, PERSISTENT_2 encrypt traffic to their clients, and the default is SCRATCH_1";
const newTag = "Add it; the configuration key tags sets it on every AWS resource of this package.";

const cases: Record<string, Case[]> = {
  encryption: [
    {
      what: "a root volume that is not encrypted",
      which: "LaunchTemplate gpu-template",
      change: (inputs) => (inputs.blockDeviceMappings[0].ebs.encrypted = "false"),
      messages: [
        'gpu-template: blockDeviceMappings[0].ebs.encrypted is "false"; every volume must be encrypted. Set blockDeviceMappings[0].ebs.encrypted to true.',
      ],
    },
    {
      what: "a root volume that says nothing",
      which: "LaunchTemplate system-template",
      change: (inputs) => delete inputs.blockDeviceMappings[0].ebs.encrypted,
      messages: [
        "system-template: blockDeviceMappings[0].ebs.encrypted is not set; every volume must be encrypted. Set " +
          "blockDeviceMappings[0].ebs.encrypted to true.",
      ],
    },
    {
      what: "a template without volumes",
      which: "LaunchTemplate system-template",
      change: (inputs) => delete inputs.blockDeviceMappings,
      messages: [`system-template: blockDeviceMappings is not set; ${anywhere}. ${mapRoot}`],
    },
    {
      what: "a file system whose traffic is readable",
      which: "LustreFileSystem weights-file-system",
      change: (inputs) => (inputs.deploymentType = "SCRATCH_1"),
      messages: [`weights-file-system: deploymentType is "SCRATCH_1"; ${lustre}. Set deploymentType to SCRATCH_2 or PERSISTENT_2.`],
    },
    {
      what: "a file system of the default type",
      which: "LustreFileSystem weights-file-system",
      change: (inputs) => delete inputs.deploymentType,
      messages: [`weights-file-system: deploymentType is not set; ${lustre}. Set deploymentType to SCRATCH_2 or PERSISTENT_2.`],
    },
  ],
  "instance-metadata": [
    {
      what: "a template without metadata options",
      which: "LaunchTemplate gpu-template",
      change: (inputs) => delete inputs.metadataOptions,
      messages: [
        'gpu-template: metadataOptions.httpTokens is not set; IMDSv2 must be required, so that every request needs a token. Set metadataOptions.httpTokens to "required".',
        "gpu-template: metadataOptions.httpPutResponseHopLimit is not set; at most 1 is allowed. Set " +
          "metadataOptions.httpPutResponseHopLimit to 1.",
      ],
    },
    {
      what: "tokens that are optional",
      which: "LaunchTemplate system-template",
      change: (inputs) => (inputs.metadataOptions.httpTokens = "optional"),
      messages: [
        'system-template: metadataOptions.httpTokens is "optional"; IMDSv2 must be required, so that every request needs a token. ' +
          'Set metadataOptions.httpTokens to "required".',
      ],
    },
    {
      what: "two hops",
      which: "LaunchTemplate gpu-template",
      change: (inputs) => (inputs.metadataOptions.httpPutResponseHopLimit = 2),
      messages: [
        "gpu-template: metadataOptions.httpPutResponseHopLimit is 2; at most 1 is allowed. Set " +
          "metadataOptions.httpPutResponseHopLimit to 1.",
      ],
    },
    {
      what: "nothing in two hops that are allowed",
      which: "LaunchTemplate gpu-template",
      change: (inputs) => (inputs.metadataOptions.httpPutResponseHopLimit = 2),
      settings: { "instance-metadata": { maximumHopLimit: 2 } },
      messages: [],
    },
    {
      what: "nothing when the metadata service is off",
      which: "LaunchTemplate gpu-template",
      change: (inputs) => (inputs.metadataOptions = { httpEndpoint: "disabled" }),
      messages: [],
    },
  ],
  "pod-security": [
    {
      what: "a privileged engine",
      which: "LeaderWorkerSet vllm-set",
      change: (inputs) => (firstContainer(inputs).securityContext.privileged = true),
      messages: [
        `vllm-set: ${leader}.containers[0].securityContext.privileged is true; a container must not be privileged. ` +
          `Remove privileged; devices come from device plugins.`,
      ],
    },
    {
      what: "workers with a capability more",
      which: "LeaderWorkerSet vllm-set",
      change: (inputs) =>
        (inputs.spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].securityContext.capabilities.add = ["IPC_LOCK", "SYS_ADMIN"]),
      messages: [
        "vllm-set: spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].securityContext.capabilities.add is " +
          '["IPC_LOCK","SYS_ADMIN"]; only IPC_LOCK may be added. Remove SYS_ADMIN.',
      ],
    },
    {
      what: "a download in every namespace of its node, with a privileged init container",
      which: "Job weights-download",
      change: (inputs) =>
        Object.assign(jobPod(inputs), {
          ...{ hostNetwork: true, hostPID: true, hostIPC: true },
          initContainers: [{ image: "busybox:1.37.0", securityContext: { privileged: true } }],
        }),
      messages: [
        ...["hostNetwork", "hostPID", "hostIPC"].map(
          (key) => `weights-download: spec.template.spec.${key} is true; a pod must not share the namespaces of its node. Remove ${key}.`,
        ),
        "weights-download: spec.template.spec.initContainers[0].securityContext.privileged is true; a container must not be privileged. " +
          "Remove privileged; devices come from device plugins.",
      ],
    },
    {
      what: "the engine's own capability where none is allowed",
      which: "Job weights-download",
      change: (inputs) => (jobPod(inputs).containers[0].securityContext.capabilities.add = ["CAP_IPC_LOCK"]),
      settings: { "pod-security": { allowedCapabilities: [] } },
      messages: [
        `vllm-set: ${leader}.containers[0].securityContext.capabilities.add is ["IPC_LOCK"]; no capability may be added. Remove IPC_LOCK.`,
        `vllm-set: spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].securityContext.capabilities.add is ` +
          `["IPC_LOCK"]; no capability may be added. Remove IPC_LOCK.`,
        'weights-download: spec.template.spec.containers[0].securityContext.capabilities.add is ["CAP_IPC_LOCK"]; no capability may be added. Remove CAP_IPC_LOCK.',
      ],
    },
  ],
  "pinned-images": [
    {
      what: "an engine without a tag, from a registry with a port",
      which: "LeaderWorkerSet vllm-set",
      change: (inputs) => (firstContainer(inputs).image = "mirror.internal:5000/vllm"),
      messages: [
        `vllm-set: ${leader}.containers[0].image is "mirror.internal:5000/vllm"; an image without a tag means latest, which moves. ` +
          "Name a tag of one version, or a digest.",
      ],
    },
    {
      what: "a tag that moves",
      which: "Job weights-download",
      change: (inputs) => (jobPod(inputs).containers[0].image = "python:nightly"),
      settings: { "pinned-images": { movingTags: ["latest", "nightly"] } },
      messages: [
        'weights-download: spec.template.spec.containers[0].image is "python:nightly"; the tag nightly moves. Name a tag of one version, or a digest.',
      ],
    },
    {
      what: "a chart without a version",
      which: "Release leader-worker-set",
      change: (inputs) => delete inputs.version,
      messages: [
        "leader-worker-set: version is not set; a chart without an exact version may change at the next update. Set " +
          "version to one release of the chart.",
      ],
    },
    {
      what: "a range of chart versions",
      which: "Release leader-worker-set",
      change: (inputs) => (inputs.version = "0.10.0 - 0.12.0"),
      messages: [
        'leader-worker-set: version is "0.10.0 - 0.12.0"; a chart without an exact version may change at the next update. Set version to one release of the chart.',
      ],
    },
  ],
  "required-tags": [
    {
      what: "a file system without the package's tag",
      which: "LustreFileSystem weights-file-system",
      change: (inputs) => (inputs.tags = { Name: "weights" }),
      messages: [`weights-file-system: tags is ["Name"]; the tag vllm-eks/environment is required. ${newTag}`],
    },
    {
      what: "an address without tags",
      which: "Eip nat",
      change: (inputs) => delete inputs.tags,
      messages: [`nat: tags is not set; the tag vllm-eks/environment is required. ${newTag}`],
    },
    {
      what: "nothing where the provider's default tags have it",
      which: "Eip nat",
      change: (inputs) => Object.assign(inputs, { tags: {}, tagsAll: { "vllm-eks/environment": "dev" } }),
      messages: [],
    },
  ],
};

/** Sorted, because the order of registration may differ from run to run. */
const sorted = (resources: readonly CheckedResource[], settings?: RuleSettings) =>
  checkResources(resources, settings)
    .map(({ rule, message }) => `${rule}: ${message}`)
    .sort();

for (const [rule, broken] of Object.entries(cases)) {
  describe(`the policy ${rule}`, () => {
    let resources: CheckedResource[];
    before(async () => (resources = await resourcesOf("dev" satisfies StackTitle)));

    for (const { what, which, change, settings, messages } of broken)
      it(`sees ${what}`, () => {
        const expected = messages.map((message) => `${rule}: ${message}`).sort();
        assert.deepEqual(sorted(changed(resources, which, change), settings), expected);
      });
  });
}

describe("policies about pods", () => {
  const pod = { hostNetwork: true };
  const kinds: [type: string, path: string, inputs: Record<string, unknown>][] = [
    ["kubernetes:core/v1:Pod", "spec", { spec: pod }],
    ["kubernetes:apps/v1:Deployment", "spec.template.spec", { spec: { template: { spec: pod } } }],
    ["kubernetes:apps/v1:DaemonSet", "spec.template.spec", { spec: { template: { spec: pod } } }],
    [
      "kubernetes:batch/v1:CronJob",
      "spec.jobTemplate.spec.template.spec",
      { spec: { jobTemplate: { spec: { template: { spec: pod } } } } },
    ],
  ];
  for (const [type, path, inputs] of kinds)
    it(`find the pod of a ${type.split(":").at(-1)}`, () => {
      const found = checkResources([{ urn: "urn", type, name: "mine", dependsOn: [], inputs }]);
      assert.deepEqual(
        found.map(({ message }) => message),
        [`mine: ${path}.hostNetwork is true; a pod must not share the namespaces of its node. Remove hostNetwork.`],
      );
    });
});

describe("the policy encryption of EBS volumes", () => {
  const volume = (encrypted?: unknown): CheckedResource => ({
    ...{ urn: "urn", type: "aws:ebs/volume:Volume", name: "scratch", dependsOn: [] },
    inputs: encrypted === undefined ? {} : { encrypted },
  });
  it("sees a volume that is not encrypted or has no setting, and waits for a value that is not known yet", () => {
    const message = (is: string) => [`scratch: encrypted is ${is}; every volume must be encrypted. Set encrypted to true.`];
    const messages = (encrypted?: unknown) => checkResources([volume(encrypted)]).map((each) => each.message);
    assert.deepEqual(messages(), message("not set"));
    assert.deepEqual(messages(false), message("false"));
    for (const fine of [true, "true", "[output]"]) assert.deepEqual(messages(fine), []);
  });
});

describe("a policy about images", () => {
  const job = (image: string): CheckedResource => ({
    ...{ urn: "urn", type: "kubernetes:batch/v1:Job", name: "job", dependsOn: [] },
    inputs: { spec: { template: { spec: { containers: [{ image }] } } } },
  });
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const repository = fc.tuple(word, fc.option(fc.integer({ min: 1, max: 65_535 })), fc.array(word, { minLength: 1, maxLength: 3 }));
  const named = repository.map(([host, port, parts]) => [port === null ? host : `${host}:${port}`, ...parts].join("/"));

  const version = fc.stringMatching(/^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-[a-km-z]{1,6}[0-9]{0,3})?$/);

  it("lets every digest and every tag of a version pass, but no name without either", () => {
    fc.assert(
      fc.property(named, version, fc.stringMatching(/^[0-9a-f]{64}$/), (name, tag, digest) => {
        const moving = { "pinned-images": { movingTags: ["latest"] } };
        assert.equal(checkResources([job(name)], moving).length, 1);
        assert.equal(checkResources([job(`${name}:latest`)], moving).length, 1);
        assert.equal(checkResources([job(`${name}:${tag}`)], moving).length, 0);
        for (const reference of [`${name}@sha256:${digest}`, `${name}:${tag}@sha256:${digest}`])
          assert.deepEqual(checkResources([job(reference)], { "pinned-images": { requireDigest: true } }), []);
        assert.equal(checkResources([job(`${name}:${tag}`)], { "pinned-images": { requireDigest: true } }).length, 1);
      }),
    );
  });
});

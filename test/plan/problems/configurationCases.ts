/** Cases about the form of a configuration, its secrets and names, and placeholders for the user's values. */
import { awsCases } from "./awsCases";
import { shown, type Provoked } from "./provoked";

const error = { severity: "error" } as const;
const warning = { severity: "warning" } as const;
const setBeforeUp = { severity: "setBeforeUp" } as const;
const longName = "a".repeat(59);

export const configurationCases: Provoked[] = [
  { ...error, code: "unknown-key", path: "nodeCuont", settings: ["nodeCuont=4"], says: ['"nodeCuont"', "nodeCount"] },
  {
    ...error,
    code: "unknown-key",
    path: "engine.maxModelLength",
    settings: ["engine.maxModelLength=1"],
    says: ["maxModelLength", "maxModelLen,"],
  },
  {
    ...error,
    ...{ code: "unknown-key", path: "engine.maxModelLen", files: { "Pulumi.dev.yaml": shown("vllm-eks:engine.maxModelLen: 4096") } },
    says: ['"engine.maxModelLen"'],
  },
  { ...error, code: "wrong-type", path: "nodeCount", settings: ["nodeCount=four"], says: ['"four"', "a string", "an integer"] },
  { ...error, code: "wrong-type", path: "nodeCount", settings: ["nodeCount=2.4"], says: ["2.4", "an integer"], proposes: ["nodeCount=2"] },
  { ...error, code: "wrong-type", path: "engine", settings: ["engine=fast"], says: ['"fast"', "an object"] },
  { ...error, code: "wrong-type", path: "Pulumi.dev.yaml", files: { "Pulumi.dev.yaml": "config: [\n" }, says: ["Pulumi.dev.yaml"] },
  {
    ...{ ...error, code: "out-of-range", path: "engine.gpuMemoryUtilization", settings: ["engine.gpuMemoryUtilization=1.5"] },
    ...{ says: ["1.5", "maximum, 1."], proposes: ["engine.gpuMemoryUtilization=1"] },
  },
  {
    ...{ ...error, code: "out-of-range", path: "capacity.type", settings: ["capacity.type=spott"] },
    ...{ says: ['"spott"', "onDemand, spot, reservation, capacityBlock"], proposes: ["capacity.type=spot"] },
  },
  {
    ...{ ...error, code: "out-of-range", path: "engine.maxNumBatchedTokens" },
    settings: ["engine.maxNumBatchedTokens=100", "engine.maxNumSeqs=128"],
    ...{ says: ["100", "128"], proposes: ["engine.maxNumBatchedTokens=128"] },
  },
  { ...error, code: "out-of-range", path: "model", settings: ["model=../../etc/passwd"], says: ['"../../etc/passwd"', "Qwen/Qwen3-32B"] },
  { ...error, code: "out-of-range", path: "modelRevision", settings: ["modelRevision=a..b"], says: ['"a..b"'] },
  { ...error, code: "out-of-range", path: "instanceType", settings: [`instanceType=${longName}`], says: ["59", "32"] },
  {
    ...error,
    code: "out-of-range",
    path: "engine.image",
    settings: ["engine.image=vllm/vllm-openai:latest"],
    says: ["vllm/vllm-openai:latest"],
  },
  {
    ...{ ...error, code: "out-of-range", path: "gpuNodes.hugePagesMiB", settings: ["gpuNodes.hugePagesMiB=1025"] },
    ...{ says: ["1025", "2 MiB"], proposes: ["gpuNodes.hugePagesMiB=1026"] },
  },
  { ...error, code: "out-of-range", path: "stack", stack: "My_Stack", files: { "Pulumi.My_Stack.yaml": shown("") }, says: ['"My_Stack"'] },
  {
    ...{
      ...error,
      code: "missing-value",
      path: "engine.vllmVersion",
      settings: ["engine.image=mirror.internal/llm:7", "engine.cudaVersion=13.0"],
    },
    ...{ says: ["mirror.internal/llm:7"], proposes: ["engine.vllmVersion=0.27.1"] },
  },
  { ...error, code: "missing-value", path: "modelConfigFile", settings: ["modelConfigFile=missing.json"], says: ['"missing.json"'] },
  {
    ...error,
    code: "missing-value",
    path: "network.vpcId",
    settings: ["network.nodeSubnetId=subnet-0123456789abcdef0"],
    says: ["network.nodeSubnetId"],
  },
  { ...error, code: "missing-value", path: "network.vpcId", settings: ["cluster.name=shared"], says: ["shared"] },
  {
    ...{ ...error, code: "missing-value", path: "ingress.hostedZoneId", settings: ["ingress.hostname=llm.acme.io"] },
    says: ["hostname", "certificate"],
  },
  {
    ...error,
    code: "name-too-long",
    path: "stack",
    stack: longName,
    files: { [`Pulumi.${longName}.yaml`]: shown("") },
    says: [longName, "59", "58"],
  },
  {
    ...{ ...error, code: "secret-in-clear-text", path: "apiKey", files: { "Pulumi.dev.yaml": shown("vllm-eks:apiKey: hunter2") } },
    says: ["apiKey", "version control"],
  },
  {
    ...{ ...error, code: "secret-in-clear-text", path: "engine.extraArguments[1]" },
    ...{ settings: ['engine.extraArguments=["--api-server-count=1","--api-key=hunter2"]'], says: ["--api-key", "pods"] },
  },
  { ...error, code: "secret-unusable", path: "apiKey", settings: ["apiKey="], says: ["apiKey is empty", "open"] },
  {
    ...error,
    code: "secret-unusable",
    path: "huggingFaceToken",
    settings: ["huggingFaceToken=hf_0123456789abcdef\r"],
    says: ["line break"],
  },
  { ...warning, code: "secret-unusable", path: "apiKey", settings: ["apiKey=hunter2"], says: ["7 characters", "16"] },
  { ...error, code: "tag-reserved", path: "tags.aws:team", settings: ["tags.aws:team=ml"], says: ['"aws:team"'] },
  { ...setBeforeUp, code: "placeholder-left", path: "capacity.reservationId", stack: "prod", says: ['"<reservation id>"'] },
  { ...setBeforeUp, code: "placeholder-left", path: "cluster.publicAccessCidrs[0]", stack: "prod", says: ['"203.0.113.0/24"'] },
  { ...setBeforeUp, code: "api-key-unset", path: "apiKey", says: ["key"] },
  { ...setBeforeUp, code: "api-access-unset", path: "cluster.publicAccessCidrs", says: ["Kubernetes API"] },
  { ...warning, code: "preflight-off", path: "preflight", settings: ["preflight=false"], says: ["quota"], proposes: ["preflight=true"] },
  ...awsCases,
  {
    ...{ ...warning, code: "not-resolved-offline", path: "environment" },
    ...{ files: { "Pulumi.dev.yaml": `environment: [team/gpu]\n${shown("")}` }, says: ["Pulumi.dev.yaml", "ESC"] },
  },
];

import assert from "node:assert/strict";
import { AutomationError, automationCauses, type AutomationCause } from "../../../automation/automationError";
import { causeOf } from "../../../automation/errorRules";
import { explainFailure, type FailedOperation } from "../../../automation/failure";
import { createRedaction, secretVariables } from "../../../automation/redaction";
import type { Problem } from "../../../sizing/problem";

// Proves the cause of each error text. The engine lane printed its texts word for word. Texts of AWS are quoted from its documentation and
// from issues, because no test provoked them: another version may word them differently, and its error is then `unknown`, with the original
// text.

const texts: [AutomationCause, string][] = [
  [
    "locked",
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
  ],
  ["locked", "error: [409] Conflict: Another update is currently in progress."],
  [
    "protected",
    'resource "urn:pulumi:prod::vllm-eks::vllm-eks:index:LustreModelStore$aws:fsx/lustreFileSystem:LustreFileSystem::weights-file-system" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the `protect` flag',
  ],
  [
    "protected",
    "deleting EKS Cluster (vllm-eks-prod): InvalidRequestException: Cannot delete because cluster has deletion protection enabled",
  ],
  ["protected", "deleting aws:eks/cluster:Cluster (vllm-eks-dev): OperationNotPermitted: deletion protection is on"],
  [
    "no-capacity",
    "creating aws:eks/nodeGroup:NodeGroup: InsufficientInstanceCapacity: We currently do not have sufficient p4d.24xlarge capacity in the Availability Zone you requested",
  ],
  ["no-capacity", "AsgInstanceLaunchFailures: Could not launch On-Demand Instances. UnfulfillableCapacity - Unable to fulfill capacity"],
  [
    "quota",
    "VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 96 allows for the instance bucket of p4d.24xlarge",
  ],
  ["quota", "ServiceLimitExceeded: the maximum storage of the account is reached"],
  ["quota", "AddressLimitExceeded: The maximum number of addresses has been reached."],
  ["unknown", "RequestLimitExceeded: Request limit exceeded."],
  [
    "unreachable-cluster",
    "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: dial tcp 10.0.0.1:443: i/o timeout",
  ],
  ["expired-credentials", "deleting aws:eks/nodeGroup:NodeGroup: ExpiredToken: The security token included in the request is expired"],
  [
    "expired-credentials",
    "configured Kubernetes cluster is unreachable: getting credentials: exec: ExpiredTokenException: The security token included in the request is expired",
  ],
  ["expired-credentials", "the SSO session has expired or is invalid: open /home/me/.aws/sso/cache/x.json"],
  ["no-credentials", "unable to validate AWS credentials. Details: No valid credential sources found."],
  ["no-credentials", 'Unable to locate credentials. You can configure credentials by running "aws configure".'],
  ["stuck-release", "another operation (install/upgrade/rollback) is in progress"],
  ["no-pulumi-cli", "There is no Pulumi CLI on PATH."],
  ["no-pulumi-cli", "The Pulumi CLI pulumi is 3.100.0; install 3.200.0 or newer."],
  ["missing-configuration", "error: Missing required configuration variable 'aws:region'"],
  [
    "missing-configuration",
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  ],
  ["invalid-configuration", "The stack dev cannot be deployed as configured:\n  [heads-not-divisible] tensorParallelSize: …"],
  ["cancelled", "error: update canceled"],
  ["unknown", "error: something that no rule knows"],
];

const failed = (more: Partial<FailedOperation> = {}): AutomationError =>
  explainFailure({
    operation: "deploy",
    stackName: "acme",
    thrown: new Error("Command failed with exit code 1: pulumi up"),
    diagnostics: [],
    resources: [],
    problems: [],
    cancelled: false,
    billed: "",
    redact: (text) => text,
    ...more,
  });
const problem = (severity: Problem["severity"]): Problem => ({
  code: "api-key-unset",
  severity,
  path: "apiKey",
  message: "",
  fix: "",
  changes: [],
});

describe("the cause of a failure", () => {
  for (const [cause, text] of texts) it(`${cause}: ${text.slice(0, 90)}`, () => assert.equal(causeOf(text), cause));

  it("has a text for every cause of the list", () => {
    assert.deepEqual([...new Set(texts.map(([cause]) => cause))].sort(), [...automationCauses].sort());
  });

  it("is what the engine says, before what the command line printed", () => {
    const thrown = new Error("stdout: the stack is currently locked by 1 lock(s)");
    assert.equal(failed({ thrown, diagnostics: ["InsufficientInstanceCapacity: …"] }).cause, "no-capacity");
    assert.equal(failed({ thrown }).cause, "locked");
  });

  it("does not come from a warning: credentials that the preflight could not find did no harm", () => {
    const thrown = new Error("warning: The preflight did not ask the account: no AWS credentials in the environment\nerror: else");
    assert.equal(failed({ thrown }).cause, "unknown");
  });

  it("is the caller's signal, whatever the engine reports about the steps it stopped", () => {
    assert.equal(
      failed({ cancelled: true, diagnostics: ["client rate limiter Wait returned an error: context canceled"] }).cause,
      "cancelled",
    );
  });

  it("is missing configuration when every value only has to be set, and invalid when one value is wrong", () => {
    assert.equal(failed({ problems: [problem("setBeforeUp")] }).cause, "missing-configuration");
    assert.equal(failed({ problems: [problem("setBeforeUp"), problem("error")] }).cause, "invalid-configuration");
  });
});

describe("an automation error", () => {
  it("names the stack in the commands of its advice", () => {
    const advice = (text: string) => failed({ stackName: "acme/dev", diagnostics: [text] }).advice;
    assert.match(advice("the stack is currently locked by 1 lock(s)"), /run pulumi cancel -s acme\/dev, then repeat/);
    const unprotect = "pulumi config set -s acme/dev protect false; pulumi up -s acme/dev";
    assert.ok(advice("cannot be deleted\nbecause it is protected").includes(`(${unprotect}), then destroy (pulumi destroy -s acme/dev).`));
  });

  it("says first what failed, keeps the original text without colours, and adds what is billed to the advice", () => {
    const error = failed({
      diagnostics: [
        "<{%reset%}>creating gpu-nodes: InsufficientInstanceCapacity: none<{%reset%}>\n",
        "<{%reset%}>update failed<{%reset%}>\n",
      ],
      resources: ["gpu-nodes"],
      billed: "Still billed until you act.",
    });
    assert.match(error.message, /^deploy of acme: no-capacity: creating gpu-nodes: InsufficientInstanceCapacity: none\n/);
    assert.match(error.advice, /take another zone \(availabilityZone\).* Still billed until you act\.$/);
    assert.equal(error.original, "creating gpu-nodes: InsufficientInstanceCapacity: none\nCommand failed with exit code 1: pulumi up");
    assert.deepEqual(error.resources, ["gpu-nodes"]);
  });

  it("is the same after a round trip through JSON", () => {
    const error = failed({ problems: [problem("error")], resources: ["gpu-nodes"] });
    const again = new AutomationError(JSON.parse(JSON.stringify(error)) as AutomationError);
    assert.deepEqual(again.toJSON(), error.toJSON());
    assert.ok(again instanceof Error && again.name === "AutomationError");
  });

  it("shows no secret, neither as plain text nor as written in JSON", () => {
    const secret = 'sk-"quoted"\\4711';
    const redact = createRedaction([secret, "sk"]);
    const error = failed({
      redact,
      thrown: new Error(`pulumi config set ${secret} ${JSON.stringify({ secret })}`),
      diagnostics: [`got ${secret}`],
    });
    assert.ok(!JSON.stringify(error).includes("4711"));
    assert.equal(redact(`a ${secret} b`), "a [secret] b");
  });

  it("stays whole and readable with a secret that is a quote, a letter or a word with a line break", () => {
    const redact = createRedaction(['"', "k", "planted-0815\n"]);
    const words = { ...problem("error"), message: 'unknown key "k", not planted-0815' };
    const error = failed({ redact, problems: [words], thrown: new Error("unknown key") });
    assert.equal(error.problems[0]!.message, 'unknown key "k", not [secret]');
    assert.match(error.original, /^unknown key$/);
  });

  it("recognises secret variables by their name", () => {
    const variables = { AWS_SECRET_ACCESS_KEY: "one", AWS_SESSION_TOKEN: "two", PULUMI_CONFIG_PASSPHRASE: "three", AWS_PROFILE: "dev" };
    assert.deepEqual(secretVariables(variables), ["one", "two", "three"]);
  });
});

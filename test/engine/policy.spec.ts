import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Account } from "./cloud/account";
import { engineRun } from "./support/engineRun";
import { ownStack, stackIn } from "./support/ownStack";
import { type PulumiStack, summary } from "./support/pulumiCli";
import { repository } from "./support/tools";

// Proves that `pulumi --policy-pack` runs the pack of this repository on the real engine: what passes, what is refused before anything is
// created, and how the pack is configured. The account is simulated. The lane's language host starts the pack as the official host does;
// the official host is not run. test/policy proves each rule by itself, offline.

const withPack = ["--policy-pack", path.join(repository, "policy/pack")];

/** Arguments that run the pack with settings, which the engine takes from a file. */
function configured(name: string, settings: object): string[] {
  const file = path.join(engineRun().keeper.folder, `policies-${name}.json`);
  fs.writeFileSync(file, JSON.stringify(settings));
  return [...withPack, "--policy-pack-config", file];
}

/** `level policy message`; the engine prints level and policy on one line, the description on the next, and then the message. */
const violations = (text: string): string[] =>
  [...text.matchAll(/- \[(\w+)\] +([\w-]+) +\([^)]*\)\n.*\n +(.*)/g)].map(([, level, policy, message]) => `${level} ${policy} ${message}`);

/** The repository's program, made insecure: the load balancer faces the internet, and system nodes give credentials without a token. */
const loosened = `
import * as pulumi from "@pulumi/pulumi";
import { inferenceStack, pulumiConfiguration } from ${JSON.stringify(path.join(repository, "stacks"))};
pulumi.runtime.registerResourceTransform(({ type, name, props, opts }) => {
  if (type === "aws:lb/loadBalancer:LoadBalancer") return { props: { ...props, internal: false }, opts };
  if (name === "system-template") return { props: { ...props, metadataOptions: { httpTokens: "optional", httpPutResponseHopLimit: 2 } }, opts };
  return undefined;
});
export = inferenceStack(pulumiConfiguration());
`;

const tooDear =
  'gpu-spend-ceiling gpu-nodes: scalingConfig.desiredSize is "2 × p4d.24xlarge at $21.96"; $43.92 an hour is more than the ceiling of $40. ' +
  "Lower nodeCount, choose a smaller instanceType, or raise gpu-spend-ceiling.usdPerHour.";

describe("the policy pack", () => {
  let account: Account;
  let stack: PulumiStack;

  before(async () => {
    ({ account, stack } = await ownStack("judged", "dev"));
  });

  it("lets dev through in a preview, under its name and the package's version", async () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8")) as { version: string };
    const { text } = stack.succeeded(await stack.preview(...withPack));
    assert.match(text, new RegExp(`✅ vllm-eks@v${version.replaceAll(".", "\\.")} \\(local: .*policy/pack\\)`));
    assert.deepEqual(violations(text), []);
  });

  it("refuses a price above the ceiling in the preview of `pulumi up`, before anything is created", async () => {
    const ceiling = configured("ceiling", { "gpu-spend-ceiling": { usdPerHour: 40 } });
    const { status, text } = await stack.up("--skip-preview=false", ...ceiling);
    assert.notEqual(status, 0);
    assert.deepEqual(violations(text), [`mandatory ${tooDear}`]);
    assert.deepEqual(await account.objects(), []);
  });

  it("only warns where a policy is advisory", async () => {
    const settings = { "gpu-spend-ceiling": { usdPerHour: 40, enforcementLevel: "advisory" } };
    const { text } = stack.succeeded(await stack.preview(...configured("advice", settings)));
    assert.deepEqual(violations(text), [`advisory ${tooDear}`]);
  });

  it("names a setting that it does not know", async () => {
    const { status, text } = await stack.preview(...configured("mistake", { "gpu-spend-ceiling": { usdPerHour: "forty" } }));
    assert.notEqual(status, 0);
    assert.match(text, /gpu-spend-ceiling: usdPerHour: Invalid type\. Expected: number, given: string/);
  });

  it("refuses an endpoint and a template that the program made insecure outside the components, each by name", async () => {
    const platform = { "vllm-eks:cluster.publicAccessCidrs[0]": "100.20.30.40/32", "vllm-eks:preflight": "false" };
    const opened = await stackIn(account, "loosened", "dev", platform, { program: loosened });
    const { status, text } = await opened.preview(...withPack);
    assert.notEqual(status, 0);
    const listener = "a listener of an internet-facing load balancer must be encrypted or only redirect to HTTPS";
    assert.deepEqual(violations(text).sort(), [
      "mandatory instance-metadata system-template: metadataOptions.httpPutResponseHopLimit is 2; at most 1 is allowed. " +
        "Set metadataOptions.httpPutResponseHopLimit to 1.",
      'mandatory instance-metadata system-template: metadataOptions.httpTokens is "optional"; IMDSv2 must be required, so that every request needs a token. ' +
        'Set metadataOptions.httpTokens to "required".',
      `mandatory public-endpoint-tls endpoint-http: protocol is "HTTP"; ${listener}. Give it a certificate, or a redirect as its only action.`,
      "mandatory public-endpoint-tls endpoint-lb: internal is false; an internet-facing load balancer needs a listener for HTTPS or TLS. " +
        "Set ingress.hostname and ingress.hostedZoneId, or ingress.certificateArn, or make the endpoint internal.",
    ]);
  });

  it("lets dev come up, and checks the values that only the update knows", async () => {
    const { text, steps } = stack.succeeded(await stack.up(...configured("enough", { "gpu-spend-ceiling": { usdPerHour: 50 } })));
    assert.deepEqual(violations(text), []);
    assert.ok(summary(steps).includes("create vllm-set"));
  });

  it("does not block destroy", async () => {
    stack.succeeded(await stack.destroy());
    assert.deepEqual(await account.objects(), []);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { deploy } from "../../stacks";
import { adoptedSettings, apiKey, environmentOf, recordEnvironment, repository } from "../support/environments";
import { only, recordProgram } from "../support/record";

// Proves who gets access, which principal the program uses, and which commands the user gets. Only an account shows that the commands work.

const deployer = "arn:aws:iam::444455556666:role/deployer";

describe("access to the cluster", () => {
  it("is given to every administrator, as a separate entry with the policy of a cluster administrator", async () => {
    const people = ["arn:aws:iam::444455556666:role/oncall", "arn:aws:iam::444455556666:user/alice"];
    const { inputs } = only(
      await recordEnvironment(environmentOf("dev", `cluster.administrators=${JSON.stringify(people)}`)),
      "eks:index:Cluster",
    );
    const admin = {
      policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      accessScope: { type: "cluster" },
    };
    assert.deepEqual(
      inputs.accessEntries,
      Object.fromEntries(people.map((principalArn, index) => [`administrator-${index}`, { principalArn, accessPolicies: { admin } }])),
    );
  });

  it("of an adopted cluster uses the same principal that calls AWS", async () => {
    const recording = await recordEnvironment(environmentOf("dev", ...adoptedSettings, `cluster.accessRoleArn=${deployer}`));
    assert.deepEqual(JSON.parse(String(only(recording, "pulumi:providers:aws").inputs.assumeRoles)), [{ roleArn: deployer }]);
    const { inputs } = only(recording, "pulumi:providers:kubernetes");
    const { users } = JSON.parse(String(inputs.kubeconfig)) as { users: { user: { exec: { command: string; args: string[] } } }[] };
    const { command, args } = users[0]!.user.exec;
    assert.deepEqual([command, ...args.slice(2, 4), ...args.slice(-2)], ["aws", "eks", "get-token", "--role-arn", deployer]);
    assert.equal(inputs.clusterIdentifier, "shared", "an unknown kubeconfig must not preview as a replacement");
  });

  it("never falls back to the cluster of the current kubectl context: every environment disables the default provider", () => {
    for (const stack of ["dev", "prod", "local"]) {
      const { config } = parse(readFileSync(path.join(repository, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> };
      assert.deepEqual(config["pulumi:disable-default-providers"], ["kubernetes"], stack);
    }
  });
});

describe("the output for the user after `pulumi up`", () => {
  const outputsOf = async (...settings: string[]) => (await recordEnvironment(environmentOf("dev", ...settings))).outputs;
  const portForward = "kubectl --namespace vllm-dev port-forward service/vllm-leader 8000:8000";

  it("says how to forward a port to an internal endpoint, and gives a request that goes through it", async () => {
    const outputs = await outputsOf();
    assert.equal(outputs.portForward, portForward);
    assert.match(String(outputs.tryIt), /^curl -s http:\/\/localhost:8000\/v1\/chat\/completions /);
    assert.match(String(outputs.endpoint), /^http:\/\/internal-/);
  });

  it("is the same without a load balancer, but has no address", async () => {
    const outputs = await outputsOf("ingress.mode=none");
    assert.equal(outputs.portForward, portForward);
    assert.equal("endpoint" in outputs, false);
  });

  it("names the namespace and the Service that exist", async () => {
    const recording = await recordEnvironment(environmentOf("dev"));
    const nameOf = (type: string) => (only(recording, type).inputs.metadata as { name: string }).name;
    assert.equal(nameOf("kubernetes:core/v1:Namespace"), "vllm-dev");
    assert.equal(nameOf("kubernetes:core/v1:Service"), "vllm-leader");
  });

  it("has the hostname of a public endpoint, with certificate, validation and alias from its zone, and no port-forward", async () => {
    const open = ["ingress.scheme=internet-facing", 'ingress.inboundCidrs=["198.51.100.0/24"]', "apiKey=x"];
    const recording = await recordEnvironment(
      environmentOf("dev", ...open, "ingress.hostname=llm.example.com", "ingress.hostedZoneId=Z0123456789ABC"),
    );
    assert.equal(recording.outputs.endpoint, "https://llm.example.com");
    assert.match(String(recording.outputs.tryIt), /^curl -s https:\/\/llm\.example\.com\/v1\/chat\/completions -H "Authorization: Bearer /);
    assert.equal("portForward" in recording.outputs, false);
    assert.equal(only(recording, "aws:acm/certificate:Certificate").inputs.domainName, "llm.example.com");
    const alias = only(recording, "aws:route53/record:Record", "endpoint-alias").inputs;
    assert.deepEqual([alias.name, alias.zoneId], ["llm.example.com", "Z0123456789ABC"]);
  });

  it("uses your certificate when its ARN is given", async () => {
    const certificateArn = "arn:aws:acm:us-west-2:444455556666:certificate/12345678-1234-1234-1234-123456789012";
    const recording = await recordEnvironment(environmentOf("dev", `ingress.certificateArn=${certificateArn}`));
    assert.equal(only(recording, "aws:lb/listener:Listener", "endpoint-https").inputs.certificateArn, certificateArn);
  });
});

describe("an API key", () => {
  it("with another value changes its Secret and nothing in AWS", async () => {
    const environment = environmentOf("dev");
    const withKey = async (key: string) => recordProgram(() => deploy(environment, { apiKey: key }), { stack: "dev" });
    const [before, after] = [await withKey(apiKey), await withKey("another-key")];
    const inputsBefore = new Map(before.resources.map(({ urn, inputs }) => [urn, JSON.stringify(inputs)]));
    const differing = after.resources.filter(({ urn, inputs }) => JSON.stringify(inputs) !== inputsBefore.get(urn));
    assert.deepEqual(
      differing.map(({ type }) => type),
      ["kubernetes:core/v1:Secret"],
    );
  });
});

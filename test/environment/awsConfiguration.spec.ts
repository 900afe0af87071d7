import assert from "node:assert/strict";
import { awsConfiguration } from "../../environment/awsConfiguration";
import { adoptedSettings, environmentOf, recordEnvironment, resolve } from "../support/environments";
import { only } from "../support/record";

// Proves that the `aws:` configuration of a stack reaches the one provider, and that Kubernetes tokens use its principal. Only an account
// shows that AWS accepts it.

const first = "arn:aws:iam::444455556666:role/hop";
const last = "arn:aws:iam::444455556666:role/deployer";
const provider = async (...settings: string[]) =>
  only(await recordEnvironment(environmentOf("dev", ...settings)), "pulumi:providers:aws").inputs;

describe("the aws: configuration", () => {
  it("is text where the provider takes text, and otherwise the value of its JSON", () => {
    const read = awsConfiguration({
      region: "us-west-2",
      profile: "123",
      maxRetries: "7",
      assumeRoles: `[{"roleArn":"${last}"}]`,
      insecure: true,
    });
    assert.deepEqual(read, { profile: "123", maxRetries: 7, assumeRoles: [{ roleArn: last }], insecure: true });
    assert.deepEqual(awsConfiguration({ assumeRoles: "[not json" }), { assumeRoles: "[not json" });
  });

  it("reaches the explicit provider, to which Pulumi does not pass it", async () => {
    const inputs = await provider("aws:profile=gpu", "aws:maxRetries=7", 'aws:allowedAccountIds=["444455556666"]');
    assert.deepEqual([inputs.region, inputs.profile, inputs.maxRetries], ["us-west-2", "gpu", "7"]);
    assert.equal(inputs.allowedAccountIds, '["444455556666"]');
    assert.equal(inputs.assumeRoles, undefined);
  });

  it("leads to the access role last, through the roles before it", async () => {
    const inputs = await provider(`aws:assumeRoles=[{"roleArn":"${first}","externalId":"x-1"}]`, `cluster.accessRoleArn=${last}`);
    assert.deepEqual(JSON.parse(String(inputs.assumeRoles)), [{ roleArn: first, externalId: "x-1" }, { roleArn: last }]);
  });
});

describe("Kubernetes tokens", () => {
  it("of a created cluster are fetched with the profile and the role of the provider", async () => {
    const recording = await recordEnvironment(environmentOf("dev", "aws:profile=gpu", `aws:assumeRoles=[{"roleArn":"${last}"}]`));
    assert.deepEqual(only(recording, "eks:index:Cluster").inputs.providerCredentialOpts, { profileName: "gpu", roleArn: last });
  });

  it("of an adopted cluster are fetched with the profile of the provider too", async () => {
    const recording = await recordEnvironment(environmentOf("dev", ...adoptedSettings, "aws:profile=gpu"));
    const { users } = JSON.parse(String(only(recording, "pulumi:providers:kubernetes").inputs.kubeconfig)) as {
      users: { user: { exec: { args: string[]; env: object[] } } }[];
    };
    const { args, env } = users[0]!.user.exec;
    assert.deepEqual([args.slice(0, 6), env], [["--region", "us-west-2", "--profile", "gpu", "eks", "get-token"], undefined]);
    assert.ok(!args.includes("--role-arn"));
  });

  it("are fetched through every role and with keys of the stack, and nothing warns", () => {
    for (const settings of [
      [`aws:assumeRoles=[{"roleArn":"${first}"}]`, `cluster.accessRoleArn=${last}`],
      ["aws:accessKey=AKIAIOSFODNN7EXAMPLE", "aws:secretKey=[secret]"],
      ["aws:profile=gpu", `cluster.accessRoleArn=${last}`],
    ])
      assert.deepEqual(
        resolve("dev", ...settings)
          .problems.map(({ code }) => code)
          .filter((code) => code.startsWith("identity") || code === "secret-in-clear-text"),
        [],
      );
  });
});

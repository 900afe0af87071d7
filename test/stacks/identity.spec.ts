import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { dryRun } from "../../plan/dryRun";
import { ConfigurationError } from "../../components/problems";
import { configuredProgram } from "../support/configuredProgram";
import { adoptedSettings, environmentOf, recordEnvironment } from "../support/environments";
import { only } from "../support/record";

// Proves that `pulumi up` refuses what a plan refuses, that what is encrypted stays so, and which command gives kubectl access. Who acts in
// the end: test/unit/preflight/samePrincipal.spec.ts.

const role = (name: string) => `arn:aws:iam::444455556666:role/${name}`;
const base = {
  "vllm-eks:cluster": '{"publicAccessCidrs":["100.20.30.40/32"]}',
  "vllm-eks:apiKey": "sk-test-only-long-enough",
};

/** As `pulumi up` runs the program, with a recorder instead of the engine. */
function run(config: Record<string, string>, { secret = [] as string[], project = "vllm-eks" } = {}) {
  return dryRun(configuredProgram({ ...base, ...config }, ["vllm-eks:apiKey", ...secret]), { project });
}

async function refusals(config: Record<string, string>, project?: string): Promise<string[]> {
  const error: unknown = await run(config, project === undefined ? {} : { project }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  assert.ok(error instanceof ConfigurationError, String(error));
  return error.problems.map(({ code, path: where }) => `${code} ${where}`);
}

describe("pulumi up", () => {
  it("refuses keys of aws: that the provider does not know, before the first resource", async () => {
    assert.deepEqual(await refusals({ "aws:assumeRole": `{"roleArn":"${role("x")}"}` }), ["unknown-key aws:assumeRole"]);
    assert.deepEqual(await refusals({ "aws:regoin": "us-east-1" }), ["unknown-key aws:regoin"]);
    assert.deepEqual(await refusals({ "aws:assumeRoles": `[{"roleArn":"${role("x")}","externalID":"x-1"}]` }), [
      "unknown-key aws:assumeRoles[0].externalID",
    ]);
  });

  it("refuses a namespace that is a typing error; in another project only one that differs in case", async () => {
    const config = { "vllm:model": "Qwen/Qwen3-32B", "VLLM-EKS:nodeCount": "4" };
    assert.deepEqual(await refusals(config, "vllm-eks"), ["unknown-key vllm:model", "unknown-key VLLM-EKS:nodeCount"]);
    assert.deepEqual(await refusals(config, "shop"), ["unknown-key VLLM-EKS:nodeCount"]);
  });

  it("accepts the keys of other providers, of Pulumi, and of the project that embeds it", async () => {
    const config = { "gcp:project": "x", "kubernetes:context": "x", "pulumi:tags": "{}", "shop:team": "ml" };
    assert.deepEqual(await refusals(config, "shop"), []);
  });

  it("refuses a key of AWS in clear text and never shows it", async () => {
    const keys = { "aws:accessKey": "AKIAIOSFODNN7EXAMPLE", "aws:secretKey": "planted-secret" };
    await assert.rejects(
      run(keys),
      (error: Error) => /secret-in-clear-text\] aws:secretKey/.test(error.message) && !/planted/.test(error.message),
    );
  });

  it("keeps encrypted keys and roles secret: in both providers, and out of the outputs", async () => {
    const roles = `[{"roleArn":"${role("a")}","externalId":"planted-id"}]`;
    const config = { "aws:accessKey": "AKIAIOSFODNN7EXAMPLE", "aws:secretKey": "planted-secret", "aws:assumeRoles": roles };
    const { resources, outputs } = await run(config, { secret: ["aws:secretKey", "aws:assumeRoles"] });
    assert.equal(JSON.stringify([resources, outputs]).includes("planted"), false);
    const inputsOf = (type: string) => resources.find((each) => each.type === type)!.inputs as Record<string, unknown>;
    const { secretKey, assumeRoles, accessKey } = inputsOf("pulumi:providers:aws");
    assert.deepEqual([secretKey, assumeRoles, accessKey], ["[secret]", "[secret]", "[secret]"]);
    assert.equal(inputsOf("pulumi:providers:kubernetes").kubeconfig, "[secret]");
    assert.equal(outputs.kubeconfig, "[secret]");
  });
});

describe("the kubeconfig of the Kubernetes provider", () => {
  it("of a created cluster runs the program for what options cannot say, and no component gets half of it", async () => {
    const recording = await recordEnvironment(environmentOf("dev", `aws:assumeRoles=[{"roleArn":"${role("a")}","externalId":"x-1"}]`));
    const { users } = JSON.parse(String(only(recording, "pulumi:providers:kubernetes").inputs.kubeconfig)) as {
      users: { user: { exec: { command: string; args: string[] } } }[];
    };
    const { command, args } = users[0]!.user.exec;
    assert.deepEqual([command, args[0]], ["node", "-e"]);
    assert.ok(args[2]!.includes(role("a")) && args[2]!.includes("x-1"));
    assert.equal(args[1]!.includes(role("a")), false, "the text of the program has no value");
    assert.equal(only(recording, "eks:index:Cluster").inputs.providerCredentialOpts, undefined);
  });

  it("of a created cluster names profile and region as options, which win over the environment", async () => {
    const recording = await recordEnvironment(environmentOf("dev", "aws:profile=gpu", `cluster.accessRoleArn=${role("a")}`));
    const { users } = JSON.parse(String(only(recording, "pulumi:providers:kubernetes").inputs.kubeconfig)) as {
      users: { user: { exec: object } }[];
    };
    const token = ["eks", "get-token", "--cluster-name", "vllm-eks-dev", "--output", "json", "--role-arn", role("a")];
    assert.deepEqual(users[0]!.user.exec, {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "aws",
      args: ["--region", "us-west-2", "--profile", "gpu", ...token],
    });
  });
});

describe("the output kubeconfig", () => {
  const outputOf = async (...settings: string[]) => String((await recordEnvironment(environmentOf("dev", ...settings))).outputs.kubeconfig);
  const update = "aws eks update-kubeconfig --region us-west-2 --name vllm-eks-dev";

  it("is one command of the AWS CLI where its options can say the principal", async () => {
    assert.equal(await outputOf(), update);
    assert.equal(await outputOf("aws:profile=two words"), `${update} --profile 'two words'`);
    assert.equal(
      await outputOf("aws:profile=gpu", `cluster.accessRoleArn=${role("a")}`),
      `${update} --profile gpu --role-arn ${role("a")}`,
    );
  });

  it("writes a file that names the roles otherwise, and a shell gets exactly that text", async () => {
    const command = await outputOf(`aws:assumeRoles=[{"roleArn":"${role("a")}","externalId":"x-1"},{"roleArn":"${role("b")}"}]`);
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "kubectl-"));
    const shown = execFileSync("sh", ["-c", `${command} && echo $KUBECONFIG`], {
      env: { PATH: process.env.PATH, HOME: home },
      encoding: "utf8",
    });
    const file = path.join(home, ".kube/vllm-eks-dev.json");
    assert.equal(shown.trim(), file);
    assert.equal(fs.statSync(file).mode & 0o077, 0);
    const { users } = JSON.parse(fs.readFileSync(file, "utf8")) as { users: { user: { exec: { args: string[] } } }[] };
    assert.match(users[0]!.user.exec.args[2]!, /role\/a.*x-1.*role\/b/);
    fs.rmSync(home, { recursive: true });
  });

  it("reads keys of the stack when it runs, and does not contain them", async () => {
    const keys = ["aws:accessKey=AKIAIOSFODNN7EXAMPLE", "aws:secretKey=[secret]"];
    const value = (key: string) => `"$(pulumi config get -s dev aws:${key})"`;
    const set = `export AWS_ACCESS_KEY_ID=${value("accessKey")} AWS_SECRET_ACCESS_KEY=${value("secretKey")}`;
    assert.equal(await outputOf(...keys), `unset AWS_PROFILE AWS_SESSION_TOKEN && ${set} && ${update}`);
    const withRole = await outputOf(...keys, `aws:assumeRoles=[{"roleArn":"${role("a")}","externalId":"x-1"}]`);
    assert.ok(withRole.startsWith(`unset AWS_PROFILE AWS_SESSION_TOKEN && ${set} && mkdir -p ~/.kube && `), withRole);
    assert.equal(withRole.includes("AKIA"), false);
  });

  it("is the CLI's command on an adopted cluster with a kubeconfig of yours", async () => {
    const settings = [
      ...adoptedSettings,
      "cluster.kubeconfig=/home/me/config",
      `aws:assumeRoles=[{"roleArn":"${role("a")}","externalId":"x-1"}]`,
    ];
    assert.equal(await outputOf(...settings), `aws eks update-kubeconfig --region us-west-2 --name shared --role-arn ${role("a")}`);
  });
});

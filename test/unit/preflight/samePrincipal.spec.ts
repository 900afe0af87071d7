// Proves that provider, token for Kubernetes and preflight act as one principal, for every form that a configuration can have: the requests
// that the preflight and the kubeconfig's command send to a stand-in for STS are the roles that the provider gets, in the same order, each
// signed with the credentials of the one before. The command runs the AWS CLI of this machine where there is one. That the provider, in Go,
// sends the same requests for its arguments is not proved.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { AssumedRole } from "../../../environment/awsConfiguration";
import { awsIdentityOf } from "../../../environment/awsIdentity";
import { commandAs, tokenCommand } from "../../../environment/tokenCommand";
import { awsCredentials } from "../../../preflight/account/credentials";
import { sdkAccount } from "../../../preflight/account/sdkAccount";
import { environmentOf, recordEnvironment } from "../../support/environments";
import { only } from "../../support/record";
import { assumedRole, callerIdentity, loopbackAws, withAwsEnvironment, type LoopbackAws } from "./loopbackAws";

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const keysOfEnvironment = { AWS_ACCESS_KEY_ID: "AKIAOFENVIRONMENT", AWS_SECRET_ACCESS_KEY: "secret" };
const roles = (...list: object[]) => `aws:assumeRoles=${JSON.stringify(list)}`;
const everything = {
  ...{
    roleArn: role("team/deployer"),
    sessionName: "laptop",
    externalId: "file:///etc/passwd",
    duration: "1h30m",
    sourceIdentity: "alice",
  },
  ...{ policy: '{"Version":"2012-10-17","Statement":[]}', policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
  ...{ tags: { team: "ml ops", cost: "" }, transitiveTagKeys: ["team"] },
};

interface Form {
  settings: string[];
  variables?: Record<string, string>;
  /** The access key that signs the first request; none for a web identity. */
  first?: string;
  /** The session token of the first request. */
  session?: string;
  /** Also run the AWS CLI, which takes seconds. */
  cli?: true;
}

const forms: Record<string, Form> = {
  "keys of the environment": { settings: [], first: "AKIAOFENVIRONMENT" },
  "keys of the environment beside AWS_PROFILE": { cli: true, settings: [], variables: { AWS_PROFILE: "team" }, first: "AKIAOFENVIRONMENT" },
  "AWS_PROFILE alone": {
    settings: [],
    variables: { AWS_PROFILE: "team", AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
    first: "AKIAOFTEAM",
  },
  "AWS_DEFAULT_PROFILE alone": {
    cli: true,
    settings: [],
    variables: { AWS_DEFAULT_PROFILE: "team", AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
    first: "AKIAOFTEAM",
  },
  "a profile beside keys of the environment": { cli: true, settings: ["aws:profile=team"], first: "AKIAOFTEAM" },
  "a plain role": { settings: [roles({ roleArn: role("plain") })], first: "AKIAOFENVIRONMENT" },
  "the access role, by a profile": {
    cli: true,
    settings: ["aws:profile=team", `cluster.accessRoleArn=${role("access")}`],
    first: "AKIAOFTEAM",
  },
  "a role with an external id": { settings: [roles({ roleArn: role("a"), externalId: "x-1" })], first: "AKIAOFENVIRONMENT" },
  "a role with everything": { cli: true, settings: ["aws:profile=team", roles(everything)], first: "AKIAOFTEAM" },
  "a chain of roles, the access role last": {
    cli: true,
    settings: [
      roles({ roleArn: role("a"), externalId: "x-1" }, { roleArn: role("b"), sessionName: "hop" }),
      `cluster.accessRoleArn=${role("c")}`,
    ],
    first: "AKIAOFENVIRONMENT",
  },
  "keys of the stack": {
    settings: ["aws:accessKey=AKIAOFTHESTACK000", "aws:secretKey=[secret]"],
    variables: { AWS_PROFILE: "missing", AWS_SESSION_TOKEN: "of-another-session" },
    first: "AKIAOFTHESTACK000",
  },
  "keys of the stack beside AWS_DEFAULT_PROFILE": {
    cli: true,
    settings: ["aws:accessKey=AKIAOFTHESTACK000", "aws:secretKey=[secret]", roles({ roleArn: role("a") })],
    variables: { AWS_DEFAULT_PROFILE: "missing" },
    first: "AKIAOFTHESTACK000",
  },
  "keys of the stack with a session token": {
    cli: true,
    settings: ["aws:accessKey=ASIAOFTHESTACK000", "aws:secretKey=[secret]", "aws:token=[secret]", roles({ roleArn: role("a") })],
    variables: { AWS_SESSION_TOKEN: "of-another-session" },
    first: "ASIAOFTHESTACK000",
    session: "token-of-the-stack",
  },
  "keys of the stack and a chain": {
    cli: true,
    settings: ["aws:accessKey=AKIAOFTHESTACK000", "aws:secretKey=[secret]", roles({ roleArn: role("a") }, { roleArn: role("b") })],
    first: "AKIAOFTHESTACK000",
  },
  "a web identity and a role": {
    cli: true,
    settings: [
      `aws:assumeRoleWithWebIdentity={"roleArn":"${role("ci")}","webIdentityTokenFile":"FOLDER/jwt"}`,
      roles({ roleArn: role("a") }),
    ],
    variables: { AWS_PROFILE: "missing", AWS_DEFAULT_PROFILE: "missing" },
  },
  "a profile in other files": {
    cli: true,
    settings: ["aws:profile=other", 'aws:sharedConfigFiles=["FOLDER/other-config"]', 'aws:sharedCredentialsFiles=["FOLDER/other"]'],
    first: "AKIAOFOTHER",
  },
  "a role of the STS in another region": {
    settings: ["aws:stsRegion=us-east-1", roles({ roleArn: role("a") })],
    first: "AKIAOFENVIRONMENT",
  },
};

/** What decides the principal in one request. */
interface Asked {
  action: string | null;
  key: string | undefined;
  session: string | undefined;
  region: string | undefined;
  fields: Record<string, string>;
}

const hasCli = spawnSync("aws", ["--version"]).status === 0;

describe("provider, token for Kubernetes and preflight", () => {
  let server: LoopbackAws;
  let folder: string;
  let putBack = () => {};

  before(async () => {
    server = await loopbackAws(({ form }) => {
      const action = form.get("Action") ?? "";
      if (action === "GetCallerIdentity") return callerIdentity("arn:aws:sts::123456789012:assumed-role/last/s");
      return assumedRole(`ASIA${form.get("RoleArn")!.split("/").at(-1)!.toUpperCase()}`, action);
    });
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "principal-"));
    const profile = (name: string, key: string) => `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = s\n`;
    fs.writeFileSync(path.join(folder, "credentials"), profile("team", "AKIAOFTEAM"));
    fs.writeFileSync(path.join(folder, "other"), profile("other", "AKIAOFOTHER"));
    for (const name of ["config", "other-config"]) fs.writeFileSync(path.join(folder, name), "");
    fs.writeFileSync(path.join(folder, "jwt"), "header.payload.signature");
  });
  beforeEach(() => server.requests.splice(0));
  afterEach(() => putBack());
  after(async () => {
    fs.rmSync(folder, { recursive: true });
    await server.close();
  });

  function environmentWith({ settings, variables = {} }: Form) {
    const environment = structuredClone(environmentOf("dev", ...settings.map((setting) => setting.replaceAll("FOLDER", folder))));
    const { configuration } = environment.aws!;
    // A plan has only the placeholder of a secret.
    if (configuration.accessKey !== undefined) configuration.secretKey = "secret";
    if (configuration.token !== undefined) configuration.token = "token-of-the-stack";
    const files = { AWS_CONFIG_FILE: path.join(folder, "config"), AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "credentials") };
    const chosen = Object.entries({ ...keysOfEnvironment, ...files, ...variables }).filter(([, value]) => value !== "");
    putBack = withAwsEnvironment({ ...Object.fromEntries(chosen), AWS_EC2_METADATA_DISABLED: "true", AWS_ENDPOINT_URL_STS: server.url });
    return environment;
  }

  const requests = (): Asked[] =>
    server.requests.splice(0).map(({ form, signedAs, session }) => {
      const { Action, Version: _version, RoleSessionName, ...fields } = Object.fromEntries(form) as Record<string, string>;
      const name = /^(vllm-eks|EKSGetTokenAuth|aws-go-sdk)/.test(RoleSessionName ?? "") ? {} : { RoleSessionName: RoleSessionName ?? "" };
      return { action: Action ?? null, key: signedAs?.accessKeyId, session, region: signedAs?.region, fields: { ...fields, ...name } };
    });

  for (const [name, form] of Object.entries(forms)) {
    describe(`with ${name}`, () => {
      const last = (roleArns: string[]) => (roleArns.length > 0 ? `ASIA${roleArns.at(-1)!.split("/").at(-1)!.toUpperCase()}` : form.first);

      it("have the same roles in the same order, and the preflight signs each with the one before", async () => {
        const environment = environmentWith(form);
        const identity = awsIdentityOf(environment.aws!);
        const inputs = only(await recordEnvironment(environment), "pulumi:providers:aws").inputs as Record<string, string>;
        const ofProvider = [
          ...(inputs.assumeRoleWithWebIdentity ? [JSON.parse(inputs.assumeRoleWithWebIdentity) as AssumedRole] : []),
          ...(JSON.parse(inputs.assumeRoles ?? "[]") as AssumedRole[]),
        ];
        const account = sdkAccount({ region: "us-west-2", credentials: awsCredentials(identity), way: identity.way });
        await account.call("sts:GetCallerIdentity", {});
        const asked = requests();
        assert.deepEqual(
          asked.slice(0, -1).map(({ fields }) => fields.RoleArn),
          ofProvider.map(({ roleArn }) => roleArn),
        );
        assert.deepEqual(
          asked.slice(0, -1).map(({ fields }) => [fields.ExternalId, fields.SourceIdentity, fields.Policy]),
          ofProvider.map(({ externalId, sourceIdentity, policy }) => [externalId, sourceIdentity, policy]),
        );
        if (form.session !== undefined) assert.equal(asked[0]!.session, form.session);
        assert.equal(asked.at(-1)!.key, last(ofProvider.map(({ roleArn }) => roleArn)));
        assert.equal(inputs.profile, form.settings.find((setting) => setting.startsWith("aws:profile="))?.slice("aws:profile=".length));
      });

      if (!form.cli) return;
      it("send STS the same requests, and the token is signed by the last role", async function () {
        if (!hasCli) return this.skip();
        const environment = environmentWith(form);
        const identity = awsIdentityOf(environment.aws!);
        await sdkAccount({ region: "us-west-2", credentials: awsCredentials(identity), way: identity.way }).call(
          "sts:GetCallerIdentity",
          {},
        );
        const ofPreflight = requests();
        const { command, args, env } = tokenCommand(identity, "vllm-eks-dev");
        const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...env } });
        const { status } = JSON.parse(stdout) as { status: { token: string } };
        const signed = new URL(Buffer.from(status.token.replace("k8s-aws-v1.", ""), "base64url").toString()).searchParams;
        assert.deepEqual(requests(), ofPreflight.slice(0, -1));
        const [key, , region] = signed.get("X-Amz-Credential")!.split("/");
        assert.deepEqual([key, region], [ofPreflight.at(-1)!.key, "us-west-2"]);
      });
    });
  }

  it("prints nothing of a session, and repeats what the CLI said when a role refuses", async () => {
    const environment = environmentWith(forms["a chain of roles, the access role last"]!);
    const bin = fs.mkdtempSync(path.join(folder, "bin-"));
    const refusal = 'echo "An error occurred (AccessDenied) when calling the AssumeRole operation: planted" >&2; exit 254';
    fs.writeFileSync(path.join(bin, "aws"), `#!/bin/sh\n${refusal}\n`, { mode: 0o755 });
    const { command, args, env } = commandAs(awsIdentityOf(environment.aws!), ["sts", "get-caller-identity"]);
    const failed = promisify(execFile)(command, args, { env: { ...process.env, ...env, PATH: `${bin}:${process.env.PATH}` } });
    await assert.rejects(failed, (error: Error & { stdout: string; stderr: string }) => {
      assert.deepEqual(
        [error.stdout, error.stderr],
        ["", "An error occurred (AccessDenied) when calling the AssumeRole operation: planted\n"],
      );
      return true;
    });
  });
});

// Proves which credentials are used, with a stand-in for STS on this machine, and how fast the preflight notices their absence. It does
// not prove that `aws.Provider` finds the same principal: that is another program that searches by the same rules.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { AwsBase, AwsIdentity } from "../../../environment/awsIdentity";
import { awsCredentials, NoCredentials } from "../../../preflight/account/credentials";
import { assumedRole, loopbackAws, queryError, withAwsEnvironment, type LoopbackAws, type Reply } from "./loopbackAws";

const region = "us-west-2";
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const keys = { AWS_ACCESS_KEY_ID: "AKIAFROMENVIRONMENT", AWS_SECRET_ACCESS_KEY: "secret" };
const noCredentialFiles = { AWS_CONFIG_FILE: "/nonexistent/config", AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials" };

describe("the credentials of a preflight", () => {
  let server: LoopbackAws;
  let reply: (roleArn: string, action: string) => Reply | undefined;
  let putBack = () => {};

  before(async () => {
    server = await loopbackAws(({ form }) => reply(form.get("RoleArn") ?? "", form.get("Action") ?? ""));
  });
  beforeEach(() => {
    server.requests.length = 0;
    reply = (roleArn, action) => assumedRole(`ASIA${roleArn.split("/").at(-1)!.toUpperCase()}`, action);
  });
  afterEach(() => putBack());
  after(() => server.close());

  const among = (variables: Record<string, string>) => {
    putBack = withAwsEnvironment({
      ...noCredentialFiles,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ENDPOINT_URL_STS: server.url,
      ...variables,
    });
  };
  const nothing: AwsIdentity = { region, base: { kind: "environment" }, roles: [], way: { endpoints: {} }, secret: false };
  const profile = (name: string): Partial<AwsIdentity> => ({ base: { kind: "profile", profile: name } });
  const identityOf = (settings: Partial<AwsIdentity> = {}) => awsCredentials({ ...nothing, ...settings })();
  const reasonOf = async (settings: Partial<AwsIdentity> = {}): Promise<string> => {
    const error: unknown = await identityOf(settings).then(
      () => assert.fail("credentials were found"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NoCredentials, String(error));
    assert.equal(error.name, "NoCredentials");
    return error.message;
  };

  it("are the keys of the configuration, before those of the environment", async () => {
    among(keys);
    const found = await identityOf({ base: { kind: "keys", accessKey: "AKIAOFCONFIG", secretKey: "s", token: "t" } });
    assert.deepEqual(found, { accessKeyId: "AKIAOFCONFIG", secretAccessKey: "s", sessionToken: "t" });
    assert.equal((await identityOf()).accessKeyId, "AKIAFROMENVIRONMENT");
  });

  it("are those of the profile that the configuration names", async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "credentials-")), "credentials");
    fs.writeFileSync(file, "[team]\naws_access_key_id = AKIAOFTEAM\naws_secret_access_key = s\n");
    among({ AWS_SHARED_CREDENTIALS_FILE: file });
    assert.equal((await identityOf(profile("team"))).accessKeyId, "AKIAOFTEAM");
    assert.match(await reasonOf(profile("missing")), /^no AWS credentials in the profile missing \(Could not/);
  });

  it("are the keys of the environment before AWS_PROFILE, and after the profile of the configuration", async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "credentials-")), "credentials");
    fs.writeFileSync(file, "[team]\naws_access_key_id = AKIAOFTEAM\naws_secret_access_key = s\n");
    among({ ...keys, AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "team" });
    assert.equal((await identityOf()).accessKeyId, "AKIAFROMENVIRONMENT");
    assert.equal((await identityOf(profile("team"))).accessKeyId, "AKIAOFTEAM");
  });

  it("go through the roles one after the other, the access role last, and assume each with the credentials of the one before", async () => {
    among(keys);
    const first = { roleArn: role("first"), sessionName: "laptop", externalId: "x-1", duration: "15m" };
    const found = await identityOf({ roles: [first, { roleArn: role("second") }, { roleArn: role("deployer") }] });
    assert.deepEqual([found.accessKeyId, found.sessionToken], ["ASIADEPLOYER", "token-of-ASIADEPLOYER"]);
    assert.deepEqual(
      server.requests.map(({ form, signedAs }) => [
        form.get("RoleArn"),
        form.get("RoleSessionName"),
        form.get("ExternalId"),
        form.get("DurationSeconds"),
        signedAs?.accessKeyId,
        signedAs?.region,
      ]),
      [
        [role("first"), "laptop", "x-1", "900", "AKIAFROMENVIRONMENT", region],
        [role("second"), "vllm-eks", null, null, "ASIAFIRST", region],
        [role("deployer"), "vllm-eks", null, null, "ASIASECOND", region],
      ],
    );
  });

  it("are those of a web identity in the environment before a default profile, as the provider takes them", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "credentials-"));
    fs.writeFileSync(path.join(folder, "credentials"), "[default]\naws_access_key_id = AKIAOFDEFAULT\naws_secret_access_key = s\n");
    fs.writeFileSync(path.join(folder, "token"), "jwt");
    const variables = { AWS_SHARED_CREDENTIALS_FILE: path.join(folder, "credentials"), AWS_ROLE_ARN: role("pod") };
    among({ ...variables, AWS_WEB_IDENTITY_TOKEN_FILE: path.join(folder, "token"), AWS_REGION: region });
    assert.equal((await identityOf()).accessKeyId, "ASIAPOD");
    assert.equal((await identityOf(profile("default"))).accessKeyId, "AKIAOFDEFAULT");
  });

  it("are missing when the token of a web identity cannot be read, and the reason names role and file", async () => {
    among(keys);
    const base: AwsBase = { kind: "webIdentity", roleArn: role("ci"), webIdentityTokenFile: "/nonexistent/token" };
    assert.match(
      await reasonOf({ base }),
      /^arn:aws:iam::123456789012:role\/ci cannot be assumed with the token in \/nonexistent\/token: /,
    );
  });

  it("are looked up once, however many clients ask", async () => {
    among(keys);
    const provider = awsCredentials({ ...nothing, roles: [{ roleArn: role("deployer") }] });
    const all = await Promise.all([provider(), provider(), provider()]);
    assert.deepEqual(
      all.map(({ accessKeyId }) => accessKeyId),
      ["ASIADEPLOYER", "ASIADEPLOYER", "ASIADEPLOYER"],
    );
    assert.equal(server.requests.length, 1);
  });

  it("are missing when a role refuses, with AWS's message", async () => {
    among(keys);
    reply = () => queryError("AccessDenied", "User: alice is not authorized to perform: sts:AssumeRole");
    assert.equal(
      await reasonOf({ roles: [{ roleArn: role("deployer") }] }),
      `${role("deployer")} cannot be assumed: User: alice is not authorized to perform: sts:AssumeRole`,
    );
  });

  it("are missing for one reason, with a fix", async () => {
    among({});
    assert.equal(
      await reasonOf(),
      "no AWS credentials in the environment, in a profile or from the machine (Could not load credentials from any providers). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with aws sso login.",
    );
    assert.equal(server.requests.length, 0);
  });

  it("are reported missing after at most two tries of a quarter of a second if the metadata service never answers", async () => {
    const silent = await loopbackAws(() => undefined);
    among({ AWS_EC2_METADATA_DISABLED: "false", AWS_EC2_METADATA_SERVICE_ENDPOINT: silent.url });
    await reasonOf();
    await silent.close();
    assert.ok(silent.requests.length > 0 && silent.requests.length <= 2, String(silent.requests.length));
  });

  it("are not looked up in a metadata service that is switched off", async () => {
    const silent = await loopbackAws(() => undefined);
    among({ AWS_EC2_METADATA_DISABLED: "true", AWS_EC2_METADATA_SERVICE_ENDPOINT: silent.url });
    await reasonOf();
    await silent.close();
    assert.equal(silent.requests.length, 0);
  });
});

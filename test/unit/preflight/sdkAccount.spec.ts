// Proves how calls reach AWS's endpoints, with a stand-in on this machine: region, errors, time. It does not prove what AWS answers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { sdkAccount } from "../../../preflight/account/sdkAccount";
import { repository } from "../../support/environments";
import { callerIdentity, loopbackAws, withAwsEnvironment, type AwsRequest, type LoopbackAws, type Reply } from "./loopbackAws";

const json = (body: object, status = 200): Reply => ({ status, body: JSON.stringify(body) });
const ec2Error = (code: string): Reply => ({
  status: 400,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>no such id</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});

describe("the account through the SDK", () => {
  let server: LoopbackAws;
  let reply: (request: AwsRequest) => Reply | undefined;
  let putBack = () => {};

  before(async () => {
    server = await loopbackAws((request) => reply(request));
    putBack = withAwsEnvironment({ AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT", AWS_SECRET_ACCESS_KEY: "s" });
  });
  beforeEach(() => void (server.requests.length = 0));
  after(async () => {
    putBack();
    await server.close();
  });

  const account = (more: object = {}) => sdkAccount({ region: "eu-west-1", ...more });

  it("returns what AWS answers", async () => {
    reply = () => callerIdentity("arn:aws:iam::123456789012:user/alice");
    const { Account, Arn } = await account().call("sts:GetCallerIdentity", {});
    assert.deepEqual([Account, Arn], ["123456789012", "arn:aws:iam::123456789012:user/alice"]);
  });

  it("signs with the credentials it is given, for the stack's region", async () => {
    reply = () => callerIdentity("arn");
    const credentials = () => Promise.resolve({ accessKeyId: "AKIAGIVEN", secretAccessKey: "s" });
    await account({ credentials }).call("sts:GetCallerIdentity", {});
    await account().call("sts:GetCallerIdentity", {});
    assert.deepEqual(
      server.requests.map(({ signedAs }) => signedAs),
      [
        { accessKeyId: "AKIAGIVEN", region: "eu-west-1", service: "sts" },
        { accessKeyId: "AKIAENVIRONMENT", region: "eu-west-1", service: "sts" },
      ],
    );
  });

  it("asks for prices in us-east-1, where AWS serves the list", async () => {
    reply = () => json({ FormatVersion: "aws_v1", PriceList: ["{}"] });
    const { PriceList } = await account().call("pricing:GetProducts", { ServiceCode: "AmazonEC2" });
    assert.deepEqual(PriceList?.map(String), ["{}"]);
    assert.deepEqual(server.requests[0]!.signedAs?.region, "us-east-1");
  });

  it("reaches every service that the preflight asks", async () => {
    reply = ({ target }) => (target ? json({}) : { body: "<Response/>" });
    const all = account();
    await all.call("servicequotas:GetServiceQuota", { ServiceCode: "ec2", QuotaCode: "L-417A185B" });
    await all.call("ecr:DescribeImages", { repositoryName: "vllm" });
    await all.call("fsx:DescribeFileSystems", {});
    await all.call("acm:DescribeCertificate", { CertificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1" });
    await all.call("ec2:DescribeVpcs", {});
    await all.call("elasticloadbalancing:DescribeLoadBalancers", {});
    reply = () => json({ clusterVersions: [] });
    await all.call("eks:DescribeClusterVersions", {});
    reply = () => ({ body: "<GetHostedZoneResponse/>" });
    await all.call("route53:GetHostedZone", { Id: "Z1" });
    assert.deepEqual(
      server.requests.map(({ target, form, path, method }) => target ?? form.get("Action") ?? `${method} ${path}`),
      [
        "ServiceQuotasV20190624.GetServiceQuota",
        "AmazonEC2ContainerRegistry_V20150921.DescribeImages",
        "AWSSimbaAPIService_v20180301.DescribeFileSystems",
        "CertificateManager.DescribeCertificate",
        "DescribeVpcs",
        "DescribeLoadBalancers",
        "GET /cluster-versions",
        "GET /2013-04-01/hostedzone/Z1",
      ],
    );
  });

  it("rejects with AWS's code as the error's name, without a second try", async () => {
    reply = () => ec2Error("InvalidVpcID.NotFound");
    await assert.rejects(account().call("ec2:DescribeVpcs", { VpcIds: ["vpc-1"] }), {
      name: "InvalidVpcID.NotFound",
      message: "no such id",
    });
    reply = () => json({ __type: "NoSuchResourceException", Message: "none" }, 400);
    await assert.rejects(account().call("servicequotas:GetServiceQuota", { ServiceCode: "ec2", QuotaCode: "L-1" }), {
      name: "NoSuchResourceException",
    });
    assert.equal(server.requests.length, 2);
  });

  it("retries once a call that AWS could not serve", async () => {
    reply = () => ({ status: 503, body: "<Response/>" });
    await assert.rejects(account().call("ec2:DescribeVpcs", {}));
    assert.equal(server.requests.length, 2);
  });

  it("gives up on an endpoint that never answers", async () => {
    reply = () => undefined;
    const began = performance.now();
    await assert.rejects(account({ callMilliseconds: 150 }).call("ec2:DescribeVpcs", {}), { name: /AbortError|TimeoutError/ });
    assert.ok(performance.now() - began < 2000);
  });

  it("loads a client at the first call to its service, and no other", () => {
    const program = `
      const { sdkAccount } = require("./preflight/account/sdkAccount");
      const loaded = () => [...new Set(Object.keys(require.cache).flatMap((file) => /@aws-sdk\\/(client-[\\w-]+)/.exec(file)?.[1] ?? []))];
      const account = sdkAccount({ region: "eu-west-1", credentials: async () => ({ accessKeyId: "a", secretAccessKey: "s" }) });
      const before = loaded();
      account.call("sts:GetCallerIdentity", {}).catch(() => {}).then(() => console.log(JSON.stringify([before, loaded()])));`;
    const output = execFileSync(process.execPath, ["-r", "./test/support/environment.cjs", "-e", program], {
      cwd: repository,
      env: { ...process.env, AWS_ENDPOINT_URL: "http://127.0.0.1:9", NODE_NO_WARNINGS: "1" },
    });
    assert.deepEqual(JSON.parse(output.toString()), [[], ["client-sts"]]);
  });
});

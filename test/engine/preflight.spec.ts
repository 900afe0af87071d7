import assert from "node:assert/strict";
import path from "node:path";
import type { DocumentPreflight, PlanDocument } from "../../plan/document";
import type { Account } from "./cloud/account";
import { certificate, certificateKey } from "./emulator/certificate";
import { adoptedResources } from "./emulator/adoptedResources";
import { standInAwsCli } from "./emulator/awsCli";
import { startAwsEmulator, type AwsEmulator } from "./emulator/awsEmulator";
import { engineRun } from "./support/engineRun";
import { ownStack } from "./support/ownStack";
import { type PulumiStack, summary } from "./support/pulumiCli";
import { repository } from "./support/tools";

// Proves that an emulator answers every question to AWS through the SDK, and that an answer can end `pulumi up` before the first resource.
// The emulator is moto with additions (test/engine/emulator): the exact answers of AWS and their speed are not proved.

/** Any address may reach the API, so the preflight does not look up this machine's address. */
const everywhere = { "vllm-eks:cluster.publicAccessCidrs[0]": "0.0.0.0/0" };
const quotaOfP = "L-417A185B";

describe("the preflight", () => {
  let emulator: AwsEmulator;
  let environment: Record<string, string>;

  before(async () => {
    emulator = await startAwsEmulator(engineRun());
    environment = { ...emulator.environment, PATH: standInAwsCli(engineRun().keeper) };
    // The emulator loads each service at the first question to it, which can take longer than a question may.
    await plan(environment);
  });
  beforeEach(() => Object.assign(emulator, { quotas: {}, denied: [], actions: [] }));
  after(() => emulator.close());

  /** As a person types it. The emulator runs in this process, so the call must not block. */
  function plan(surroundings: Record<string, string>, ...args: string[]): Promise<{ status: number | null; out: string }> {
    const { keeper } = engineRun();
    const settings = Object.entries(everywhere).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const command = [process.execPath, path.join(repository, "tools/run.mjs"), "plan", "--stack", "dev", "--live", ...settings, ...args];
    const child = keeper.start("plan", command, {
      cwd: repository,
      env: { PATH: process.env.PATH, HOME: keeper.folder, ...surroundings },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let out = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => (out += text));
    return new Promise((resolve) => child.on("close", (status) => resolve({ status, out })));
  }
  const document = async (...args: string[]) => JSON.parse((await plan(environment, ...args, "--json")).out) as PlanDocument;
  const outcomes = ({ checks }: DocumentPreflight) => Object.fromEntries(checks.map(({ check, outcome }) => [check, outcome]));

  describe("of npm run plan -- --live", () => {
    it("has an answer to every question about dev, and names the calls that gave it", async () => {
      const { preflight, cost, verdict } = await document();
      const { "api-access": fromHere, ...others } = outcomes(preflight!);
      assert.deepEqual(others, {
        ...{ identity: "good", zones: "good", "instance-type-offered": "good", "instance-type-facts": "good" },
        ...{ "vcpu-quota": "good", "system-vcpu-quota": "good", "kubernetes-version": "good", "network-quotas": "good" },
        ...{ "file-system-quota": "good", image: "good", prices: "good", "aws-cli": "good", "token-principal": "good" },
      });
      assert.ok(["good", "notAsked"].includes(fromHere!), "this machine's address is asked of a web site");
      for (const { check, source, milliseconds } of preflight!.checks) assert.ok(source !== "" && milliseconds >= 0, check);
      assert.equal(verdict, "deployable");
      assert.equal(cost!.pricesAsOf, new Date().toISOString().slice(0, 10));
      // Two nodes, each a dollar more than in the catalog; their volumes cost some cents.
      assert.ok(Math.abs(cost!.hourly.gpuNodes! - 2 * (21.957642 + 1)) < 1, String(cost!.hourly.gpuNodes));
    });

    it("has an answer to every other question about an adopted network and cluster, a reservation and a certificate", async () => {
      const { kubeconfig, keeper } = engineRun();
      const made = await adoptedResources({
        endpoint: environment.AWS_ENDPOINT_URL!,
        ...{ cluster: "adopted", zones: ["us-west-2b", "us-west-2c"], domain: "acme.dev", certificate, key: certificateKey },
      });
      const settings = {
        ...{
          "cluster.name": "adopted",
          "cluster.kubeconfig": keeper.file("adopted.kubeconfig", kubeconfig),
          availabilityZone: "us-west-2b",
        },
        ...{ "network.vpcId": made.vpcId, "network.nodeSubnetId": made.nodeSubnetId },
        "network.loadBalancerSubnetIds": JSON.stringify(made.loadBalancerSubnetIds),
        "network.loadBalancerCidrs": '["10.0.32.0/24","10.0.33.0/24"]',
        ...{ "capacity.type": "reservation", "capacity.reservationId": "cr-0123456789abcdef0" },
        ...{ "ingress.hostname": "llm.acme.dev", "ingress.hostedZoneId": made.hostedZoneId, "ingress.certificateArn": made.certificateArn },
      };
      const { preflight, problems } = await document(...Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]));
      assert.ok(preflight, JSON.stringify(problems));
      assert.deepEqual(outcomes(preflight), {
        ...{ identity: "good", zones: "good", "instance-type-offered": "good", "instance-type-facts": "good", subnets: "good" },
        ...{ "file-system-quota": "good", image: "good", "hosted-zone": "good", prices: "good", "api-access": "good" },
        ...{ "cluster-version": "good", "plain-nodes": "good", "gpu-nodes": "good" },
        "network-policies": "warning", // the cluster has no network plugin
        // There is no such reservation; the certificate is for another name; the cluster has no controller Deployment and no other part.
        ...{ reservation: "bad", certificate: "bad", "leader-worker-set": "bad", "platform-parts": "bad" },
      });
      const codes = new Set(problems.filter(({ severity }) => severity === "error").map(({ code }) => code));
      assert.deepEqual([...codes].sort(), ["certificate-unsuitable", "cluster-part-missing", "reservation-unusable"]);
    });

    it("is a table with question, answer, source and milliseconds", async () => {
      const { status, out } = await plan(environment);
      assert.equal(status, 0);
      assert.match(out, /Account checks\n +question +answer +source +ms\n +good +identity +account 123456789012/);
      assert.match(out, /\d+ of 14 questions answered, all asked at once: [\d,]+ ms\./);
    });

    it("refuses a quota that is too low, with the command that requests more", async () => {
      emulator.quotas[quotaOfP] = 96;
      const { status, out } = await plan(environment);
      assert.equal(status, 2);
      assert.match(out, /\[quota-too-low\]/);
      assert.match(
        out.replace(/\s+/g, " "),
        /request-service-quota-increase --service-code ec2 --quota-code L-417A185B --desired-value 192/,
      );
    });

    it("lists the questions that the caller has no permission for, and continues the plan", async () => {
      emulator.denied.push("GetServiceQuota");
      const { preflight, verdict } = await document();
      const denied = preflight!.checks.filter(({ outcome, check }) => outcome === "notAsked" && check !== "api-access");
      assert.deepEqual(
        denied.map(({ check }) => check),
        ["vcpu-quota", "system-vcpu-quota", "network-quotas", "file-system-quota"],
      );
      for (const { answer } of denied) assert.match(answer, /^AccessDeniedException: .*GetServiceQuota/);
      assert.equal(verdict, "deployable");
    });

    it("without credentials is one line above the offline plan", async () => {
      const { status, out } = await plan({ AWS_EC2_METADATA_DISABLED: "true" });
      assert.equal(status, 0);
      assert.match(out, /Account checks\n {2}Nothing was asked: no AWS credentials/);
      assert.match(out, /Not checked offline/);
    });
  });

  describe("of pulumi up", () => {
    let account: Account;
    let stack: PulumiStack;

    before(async () => {
      ({ account, stack } = await ownStack("asked", "dev", { ...everywhere, "vllm-eks:preflight": "true" }, { environment }));
    });

    it("stops it before the first resource where the quota is too low, and says what to type", async () => {
      emulator.quotas[quotaOfP] = 96;
      const { status, text, steps } = await stack.up();
      assert.notEqual(status, 0);
      assert.match(text, /\[quota-too-low\] nodeCount: The quota "Running On-Demand P instances" \(L-417A185B\) of us-west-2 is 96 vCPUs/);
      assert.match(text, /aws service-quotas request-service-quota-increase/);
      assert.match(text, /in spite of these answers: pulumi config set -s \S+ preflight false/);
      // The provider by which the engine answered what the stack was made with. The account has nothing.
      assert.deepEqual(summary(steps), ["create default"]);
      assert.deepEqual(account.calls, []);
    });

    it("lets it continue when all answers are good, and asks again each time", async () => {
      const { status, text } = await stack.preview();
      assert.equal(status, 0, text);
      assert.equal(emulator.actions.filter((action) => action === "GetCallerIdentity").length, 1);
    });

    it("warns about questions that it has no permission for, and lets it continue", async () => {
      emulator.denied.push("DescribeAvailabilityZones");
      const { status, text } = await stack.preview();
      assert.equal(status, 0, text);
      assert.match(
        text,
        /Questions without an answer: zones \(UnauthorizedOperation: You are not authorized to perform: DescribeAvailabilityZones\)/,
      );
    });
  });
});

// Proves how questions are asked together: order, time, shared calls, and their report. The questions here are made up.
import assert from "node:assert/strict";
import { accountChecks } from "../../../preflight/account/accountChecks";
import type { Check, Surroundings } from "../../../preflight/check";
import { preflightPolicy } from "../../../preflight/policy";
import { defaultBudgetMilliseconds, runChecks } from "../../../preflight/runChecks";
import type { Problem } from "../../../sizing/problem";
import { caller, zones } from "./answers";
import { awsError, Late, preflight, type Answers } from "./recordedAccount";

const problem = (severity: Problem["severity"]): Problem => ({
  code: "paused",
  severity,
  path: "nodeCount",
  message: "m",
  fix: "f",
  changes: [],
});
const check = (name: string, ask: Check["ask"], question: string | undefined = `${name}?`): Check => ({
  name,
  operations: ["sts:GetCallerIdentity"],
  question: () => question,
  ask,
});
const finding = (name: string, ...problems: Problem[]) => check(name, () => Promise.resolve({ answer: name, problems }));
const asking = (name: string, more: object = {}) =>
  check(name, async ({ account }) => {
    const { Account } = await account.call("sts:GetCallerIdentity", more as Record<string, never>);
    return { answer: Account ?? "", problems: [] };
  });
const answers: Answers = { "sts:GetCallerIdentity": caller, "ec2:DescribeAvailabilityZones": zones };
const run = (checks: Check[], budget?: number, own: Answers = answers) => preflight(checks, ["dev"], own, budget);

describe("a preflight", () => {
  it("reports in the order of its questions, whichever answer comes first, and leaves out those that do not arise", async () => {
    const slow = check("slow", () => new Promise((resolve) => setTimeout(() => resolve({ answer: "late", problems: [] }), 20)));
    const never = { ...finding("never"), question: () => undefined };
    const { report } = await run([slow, never, finding("quick")]);
    assert.deepEqual(
      report.checks.map(({ check: name, question, answer }) => [name, question, answer]),
      [
        ["slow", "slow?", "late"],
        ["quick", "quick?", "quick"],
      ],
    );
  });

  it("calls an error bad, any other problem a warning and none good, and lists all problems", async () => {
    const { report } = await run([finding("a", problem("warning"), problem("error")), finding("b", problem("setBeforeUp")), finding("c")]);
    assert.deepEqual(
      report.checks.map(({ outcome }) => outcome),
      ["bad", "warning", "good"],
    );
    assert.deepEqual(
      report.problems.map(({ severity }) => severity),
      ["warning", "error", "setBeforeUp"],
    );
  });

  it("makes one call if two questions need the same one, and two for different ones", async () => {
    const { report, account } = await run([asking("a"), asking("b"), asking("c", { other: 1 })]);
    assert.deepEqual(
      account.calls.map(({ input }) => input),
      [{}, { other: 1 }],
    );
    assert.deepEqual(
      report.checks.map(({ source }) => source),
      ["sts:GetCallerIdentity", "sts:GetCallerIdentity", "sts:GetCallerIdentity"],
    );
  });

  it("shares a refusal as it shares an answer", async () => {
    const { report, account } = await run([asking("a"), asking("b")], undefined, {
      "sts:GetCallerIdentity": awsError("ExpiredToken", "The security token\n included in the request is expired"),
    });
    assert.equal(account.calls.length, 1);
    for (const { outcome, answer } of report.checks)
      assert.deepEqual([outcome, answer], ["notAsked", "ExpiredToken: The security token included in the request is expired"]);
  });

  it("ends a question with a late answer, says its time, and keeps the others", async () => {
    const began = performance.now();
    const { report } = await run([asking("late"), finding("other")], 30, { "sts:GetCallerIdentity": new Late(2000) });
    assert.ok(performance.now() - began < 1000);
    assert.deepEqual(
      report.checks.map(({ outcome, answer, source }) => [outcome, answer, source]),
      [
        ["notAsked", "no answer in 0.03 s", "sts:GetCallerIdentity"],
        ["good", "other", ""],
      ],
    );
    assert.deepEqual(report.problems, []);
    assert.equal(defaultBudgetMilliseconds, 5000);
  });

  it("asks all questions before the first answer arrives", async () => {
    let asked = 0;
    let allAsked: () => void;
    const together = new Promise<void>((resolve) => (allAsked = resolve));
    const waiting = (name: string) =>
      check(name, async () => {
        if (++asked === 3) allAsked();
        await together;
        return { answer: name, problems: [] };
      });
    const { report } = await run([waiting("a"), waiting("b"), waiting("c")], 5000);
    assert.deepEqual(
      report.checks.map(({ answer }) => answer),
      ["a", "b", "c"],
    );
  });

  it("records the requests to the cluster and the machine", async () => {
    const surroundings = {
      account: { call: () => Promise.reject(new Error("none")) },
      cluster: { get: () => Promise.resolve(undefined) },
      machine: { output: () => Promise.resolve("aws-cli/2.31.0"), httpStatus: () => Promise.resolve(200) },
    } as unknown as Surroundings;
    const curious = check("curious", async ({ cluster, machine }) => {
      await cluster?.get("/version");
      await machine.httpStatus("https://example.com");
      return { answer: await machine.output("aws", ["--version"]), problems: [] };
    });
    const { checks } = await runChecks(surroundings, [curious]);
    assert.equal(checks[0]!.source, "GET /version, GET https://example.com, aws --version");
  });

  it("lists what a check throws if it is not an error", async () => {
    const { report } = await run([check("odd", () => Promise.reject("no reason"))]);
    assert.deepEqual([report.checks[0]!.outcome, report.checks[0]!.answer], ["notAsked", "no reason"]);
  });
});

describe("the policy of the preflight", () => {
  it("allows what the questions call and nothing else, in one statement", () => {
    assert.deepEqual(preflightPolicy(accountChecks), {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Preflight",
          Effect: "Allow",
          Action: [
            "acm:DescribeCertificate",
            "ec2:DescribeAddresses",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeCapacityReservations",
            "ec2:DescribeInstanceTypeOfferings",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeInstances",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcAttribute",
            "ec2:DescribeVpcs",
            "ecr:DescribeImages",
            "eks:DescribeCluster",
            "eks:DescribeClusterVersions",
            "elasticloadbalancing:DescribeLoadBalancers",
            "fsx:DescribeFileSystems",
            "pricing:GetProducts",
            "route53:GetHostedZone",
            "servicequotas:GetAWSDefaultServiceQuota",
            "servicequotas:GetServiceQuota",
          ],
          Resource: "*",
        },
      ],
    });
  });

  it("allows only reading", () => {
    for (const action of preflightPolicy(accountChecks).Statement[0]!.Action) assert.match(action, /^[a-z0-9]+:(Describe|Get)[A-Z]\w+$/);
  });

  it("leaves out GetCallerIdentity, which needs no permission", () => {
    assert.deepEqual(preflightPolicy([asking("a")]).Statement[0]!.Action, []);
  });
});

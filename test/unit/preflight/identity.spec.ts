// Proves which principal calls, and when the creator would get two access entries. EKS's documentation says that it refuses the second.
import assert from "node:assert/strict";
import { identity } from "../../../preflight/account/checks/identity";
import { account, caller } from "./answers";
import { awsError, brief, preflight, resultOf, type Answers } from "./recordedAccount";

const callerOf = (Arn: string): Answers => ({
  "sts:GetCallerIdentity": { ...caller, Arn },
  "eks:DescribeCluster": awsError("ResourceNotFoundException", "No cluster found for name: vllm-eks-dev."),
});
const administrators = (...arns: string[]) => ["dev", `cluster.administrators=${JSON.stringify(arns)}`] as const;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const twice = (index: number) => [
  { code: "administrator-is-creator", severity: "error", path: `cluster.administrators[${index}]`, changes: [] },
];

describe("the question which principal calls", () => {
  it("resolves a session to its role and finds that role among the administrators, whatever its path", async () => {
    const result = await resultOf(identity, administrators(role("other"), role("team/deployer")), callerOf(caller.Arn!));
    assert.deepEqual(brief(result), { outcome: "bad", answer: `account ${account}, as ${role("deployer")}`, problems: twice(1) });
    assert.equal(
      result.problems[0]!.message,
      `${role("deployer")} calls AWS and creates the cluster. EKS makes the creator an administrator; a second entry for it fails the first deployment.`,
    );
    assert.equal(result.question, "Which principal calls AWS in us-west-2, and does cluster.administrators list it again?");
  });

  it("compares a user by its whole ARN", async () => {
    const user = `arn:aws:iam::${account}:user/team/alice`;
    const result = await resultOf(identity, administrators(user), callerOf(user));
    assert.deepEqual(brief(result), { outcome: "bad", answer: `account ${account}, as ${user}`, problems: twice(0) });
    const other = await resultOf(identity, administrators(`arn:aws:iam::${account}:user/alice`), callerOf(user));
    assert.deepEqual(brief(other).problems, []);
  });

  it("treats a role of another account, or with a longer name, as another principal", async () => {
    for (const arn of ["arn:aws:iam::999999999999:role/deployer", role("deployer-2"), role("my-deployer")]) {
      const result = await resultOf(identity, administrators(arn), callerOf(caller.Arn!));
      assert.deepEqual(brief(result).problems, [], arn);
    }
  });

  it("accepts a cluster that exists: another principal may have created it", async () => {
    const answers = { ...callerOf(caller.Arn!), "eks:DescribeCluster": { cluster: { name: "vllm-eks-dev" } } };
    const { report, account: asked } = await preflight([identity], administrators(role("deployer")), answers);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(asked.calls[1], { name: "eks:DescribeCluster", input: { name: "vllm-eks-dev" } });
  });

  it("repeats AWS's advice about the root user", async () => {
    const result = await resultOf(identity, ["dev"], callerOf(`arn:aws:iam::${account}:root`));
    assert.equal(result.outcome, "good");
    assert.equal(
      result.answer,
      `account ${account}, as arn:aws:iam::${account}:root, the root user: AWS advises against using it, and it cannot be listed as an administrator`,
    );
  });
});

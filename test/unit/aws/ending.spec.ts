import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { answering, successfulRun, type Answer } from "../../aws/recordedRunner";
import { removal } from "../../aws/removal";
import { deployment, outputs, passphrase, rehearsedLane, rehearsedMain } from "./rehearsal";

// Proves that every run that began to create resources ends with destroy and a look at what is left. Does not prove that a real destroy
// deletes them.

const up = "pulumi up --stack cheap-0000";
const destroy = "pulumi destroy --stack cheap-0000";
const tagged = "aws resourcegroupstaggingapi get-resources --tag-filters Key=vllm-eks/environment";
const ofVerbs = (lines: readonly string[]) => lines.filter((line) => /^pulumi (up|cancel|refresh|destroy) /.test(line));
const verbs = (lines: readonly string[]) => ofVerbs(lines).map((line) => line.split(" ")[1]);

/** All queries that follow destroy; they come last. */
function assertLooked(lines: readonly string[]): void {
  const after = lines
    .slice(lines.findLastIndex((line) => line.startsWith(destroy)) + 1)
    .map((line) => line.split(" ").slice(0, 3).join(" "));
  const byTag = Array<string>(4).fill("aws resourcegroupstaggingapi get-resources");
  const others = ["aws ec2 describe-network-interfaces", "aws logs describe-log-groups"];
  assert.deepEqual(after, ["aws logs delete-log-group", ...byTag, ...others]);
}

const list = (start: string, ...found: string[]): Answer => answering(start, { stdout: JSON.stringify(found) });

describe("the end of a cloud run", () => {
  it("is destroy after a successful run, with status 0", async () => {
    const { status, lines, said } = await rehearsedLane();
    assert.equal(status, 0, said);
    assert.deepEqual(verbs(lines), ["up", "up", "destroy"]);
    assertLooked(lines);
  });

  it("is destroy after a failed up, without checks on what does not exist", async () => {
    const { status, lines, said } = await rehearsedLane({
      answers: [answering(up, { status: 255, stderr: "InsufficientInstanceCapacity" })],
    });
    assert.equal(status, 1);
    assert.deepEqual(verbs(lines), ["up", "destroy"]);
    assert.equal(lines.filter((line) => /^(kubectl get|kubectl run|sh|pulumi stack output)/.test(line)).length, 0);
    assertLooked(lines);
    assert.match(said, /FAILED {2}pulumi up ended with status 255: InsufficientInstanceCapacity/);
  });

  it("is destroy after a failed check, once the other checks have run", async () => {
    const { status, lines, said } = await rehearsedLane({ answers: [answering("curl --silent", { stdout: "200" })] });
    assert.equal(status, 1);
    assert.deepEqual(verbs(lines), ["up", "up", "destroy"]);
    assertLooked(lines);
    assert.match(said, /FAILED {2}portForward and tryIt give one completion: without a key \/v1\/models answered 200/);
    assert.equal(said.match(/^ {2}ok /gm)?.length, 6);
  });

  for (const during of ["pulumi up --stack", "pulumi stack output", "kubectl run", "sh -c"])
    it(`is destroy after SIGINT in the middle of ${during}`, async () => {
      const interrupt = new AbortController();
      const answer: Answer = (line) => {
        if (!line.startsWith(during)) return undefined;
        interrupt.abort();
        return { status: -1 };
      };
      const { status, lines, said } = await rehearsedLane({ answers: [answer], interrupted: interrupt.signal });
      assert.equal(status, 1);
      const interrupted = lines.findIndex((line) => line.startsWith(during));
      assert.ok(lines[interrupted + 1]?.startsWith(destroy), lines[interrupted + 1]);
      assert.deepEqual(verbs(lines), ["up", "destroy"]);
      assertLooked(lines);
      assert.match(said, /FAILED {2}interrupted/);
    });

  it("is destroy when the caller's limit of minutes is reached", async () => {
    const limit = new AbortController();
    let minutes = 0;
    const answer: Answer = (line) => {
      if (line.startsWith(up)) limit.abort();
      return undefined;
    };
    const expires = (after: number) => {
      minutes = after;
      return limit.signal;
    };
    const { status, lines, said } = await rehearsedLane({ answers: [answer], expires });
    assert.deepEqual({ status, minutes }, { status: 1, minutes: 114 });
    assert.deepEqual(verbs(lines), ["up", "destroy"]);
    assert.match(said, /not done after 114 minutes, the limit/);
  });

  it("goes on with destroy when a signal comes during destroy", async () => {
    const interrupt = new AbortController();
    const answer: Answer = (line) => {
      if (line.startsWith(destroy)) interrupt.abort();
      return undefined;
    };
    const { status, lines } = await rehearsedLane({ answers: [answer], interrupted: interrupt.signal });
    assert.equal(status, 0);
    assertLooked(lines);
  });

  it("has nothing to destroy when a check before the first resource fails", async () => {
    for (const answer of [
      answering("pulumi version", { status: 127, stderr: "spawn pulumi ENOENT" }),
      answering("aws service-quotas", { stdout: '{"Quota":{"Value":8}}' }),
      answering("aws ec2 describe-instance-type-offerings", { stdout: '{"InstanceTypeOfferings":[]}' }),
      answering("pulumi stack init", { status: 255 }),
    ]) {
      const { status, lines, said } = await rehearsedLane({ answers: [answer] });
      assert.equal(status, 1);
      assert.deepEqual(verbs(lines), []);
      assert.match(said, /FAILED before anything was made: (pulumi version|quota|us-west-2a does not offer|pulumi stack ended)/);
    }
  });

  it("tries destroy again after a refresh, continues past errors, and says so when that fails too", async () => {
    const { status, lines, said } = await rehearsedLane({ answers: [answering(destroy, { status: 255, stderr: "DependencyViolation" })] });
    assert.equal(status, 3);
    assert.deepEqual(verbs(lines), ["up", "up", "destroy", "cancel", "refresh", "destroy"]);
    assert.ok(ofVerbs(lines).at(-1)?.endsWith(" --continue-on-error"));
    assertLooked(lines);
    assert.match(said, /FAILED {2}pulumi destroy: what it could not delete is billed until it is gone\./);
  });
});

describe("what a cloud run has left", () => {
  const arn = (resource: string) => `arn:aws:ec2:us-west-2:111122223333:${resource}`;

  it("is named with the command that removes it, and makes the status 3", async () => {
    const answers = [list(tagged, arn("security-group/sg-1")), list("aws ec2 describe-network-interfaces", "eni-2")];
    const { status, lines, said } = await rehearsedLane({ answers });
    assert.equal(status, 3);
    assert.equal(lines.filter((line) => line.startsWith(tagged)).length, 10);
    assert.match(said, /LEFT {4}arn:aws:ec2:\S+sg-1\n +remove: aws ec2 delete-security-group --group-id sg-1 --region us-west-2/);
    assert.match(said, /LEFT {4}eni-2\n +remove: aws ec2 delete-network-interface --network-interface-id eni-2 --region us-west-2/);
  });

  it("is looked for again while deletions are still running", async () => {
    let looks = 0;
    const vanishing: Answer = (line) =>
      line.startsWith(tagged) && ++looks < 3 ? { stdout: JSON.stringify([arn("vpc/vpc-1")]) } : undefined;
    const { status } = await rehearsedLane({ answers: [vanishing] });
    assert.deepEqual({ status, looks }, { status: 0, looks: 3 });
  });

  it("does not include instances and gateways that are listed after their end", async () => {
    const listed = list(tagged, arn("instance/i-1"), arn("instance/i-2"), arn("natgateway/nat-1"));
    const alive = [list("aws ec2 describe-instances", "i-2"), list("aws ec2 describe-nat-gateways")];
    const { status, said } = await rehearsedLane({ answers: [listed, ...alive] });
    assert.equal(status, 3);
    assert.deepEqual(said.match(/LEFT {4}\S+/g), [`LEFT    ${arn("instance/i-2")}`]);
  });

  it("is unknown, and does not count as success, when AWS does not answer", async () => {
    const { status, said } = await rehearsedLane({ answers: [answering(tagged, { status: 254, stderr: "ExpiredToken" })] });
    assert.equal(status, 3);
    assert.match(said, /UNKNOWN what is left: aws resourcegroupstaggingapi ended with status 254: ExpiredToken/);
  });

  it("keeps the state and says how to go on with it, with the passphrase in a file that only its owner can read", async () => {
    const place = { VLLM_EKS_AWS_REGION: "us-west-2", VLLM_EKS_AWS_ZONE: "us-west-2a", VLLM_EKS_AWS_CIDR: "8.8.8.8/32" };
    const answers = [list(tagged, arn("vpc/vpc-1")), ...successfulRun(deployment, outputs), () => ({})];
    const { status, said, folder } = await rehearsedMain([], { ...place, VLLM_EKS_AWS: "yes", VLLM_EKS_AWS_MAX_USD: "10" }, answers);
    try {
      assert.equal(status, 3);
      assert.ok(said.includes(`  cd ${folder}\n  export PULUMI_BACKEND_URL='file://${folder}/state'\n`), said);
      assert.match(said, /pulumi refresh --stack cheap-0000 && pulumi destroy --stack cheap-0000/);
      assert.ok(!said.includes(passphrase));
      assert.equal(fs.statSync(path.join(folder, "passphrase")).mode & 0o777, 0o600);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("has a removal command for each kind that the stack creates", () => {
    const of = (service: string, resource: string) => removal(`arn:aws:${service}:us-west-2:111122223333:${resource}`, "r");
    const id = "0a1b2c3d-0000-1111-2222-333344445555";
    const loadBalancer = "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/app/x/1";
    assert.equal(of("ec2", "instance/i-1"), "aws ec2 terminate-instances --instance-ids i-1 --region r");
    assert.equal(of("fsx", "file-system/fs-1"), "aws fsx delete-file-system --file-system-id fs-1 --region r");
    assert.equal(of("eks", "cluster/c"), "aws eks delete-cluster --name c --region r");
    assert.equal(of("eks", `nodegroup/c/gpu/${id}`), "aws eks delete-nodegroup --cluster-name c --nodegroup-name gpu --region r");
    assert.equal(removal(loadBalancer, "r"), `aws elbv2 delete-load-balancer --load-balancer-arn ${loadBalancer} --region r`);
    assert.equal(removal("/aws/eks/c/cluster", "r"), "aws logs delete-log-group --log-group-name /aws/eks/c/cluster --region r");
    assert.equal(of("sqs", "queue"), "in the AWS console");
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// Proves the lane as a process: signals, environment, exit status. PATH holds only stand-ins, so that the lane cannot reach a real program.

const repository = path.resolve(__dirname, "../../..");

/** Records how it was called; `pulumi up` runs until it is interrupted, and needs a moment to end. */
const standIn = `#!/bin/sh
echo "\${0##*/} $*" >> "$CALLS"
case "\${0##*/} $1 $2" in
  "aws sts "*) echo '{"Account":"111122223333","Arn":"arn:aws:iam::111122223333:user/nobody"}' ;;
  "aws service-quotas "*) echo '{"Quota":{"Value":64}}' ;;
  "aws ec2 describe-instance-type-offerings") echo '{"InstanceTypeOfferings":[{}]}' ;;
  "aws "*) echo '[]' ;;
  "pulumi config set") read -r key; [ "$key" ] ;;
  "pulumi up "*)
    echo "strict: $PULUMI_ERROR_OUTPUT_STRING" >> "$CALLS"
    [ -s "$PULUMI_CONFIG_PASSPHRASE_FILE" ] && [ -f "Pulumi.$PULUMI_STACK.yaml" ] && echo "in its folder" >> "$CALLS"
    trap 'echo "up has ended" >> "$CALLS"; exit 255' INT
    while :; do /bin/sleep 0.05; done ;;
  "pulumi destroy "*)
    /bin/sleep 0.5
    echo "destroyed" >> "$CALLS" ;;
esac
`;

describe("npm run test:aws, with stand-ins for all programs", function () {
  this.timeout(60_000);
  let folder: string;
  const calls = () =>
    fs.existsSync(path.join(folder, "calls")) ? fs.readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n") : [];

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-lane-"));
    fs.mkdirSync(path.join(folder, "bin"));
    fs.mkdirSync(path.join(folder, "tmp"));
    for (const program of ["pulumi", "aws", "kubectl", "curl"])
      fs.writeFileSync(path.join(folder, "bin", program), standIn, { mode: 0o755 });
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  it("destroys after Ctrl-C, despite another during destroy, looks for what is left, ends with status 1 and leaves no folder", async () => {
    const child = spawn(process.execPath, ["-r", "./test/support/environment.cjs", "test/aws/run.ts"], {
      cwd: repository,
      detached: true, // a process group, as a terminal creates for a command
      env: {
        ...{ PATH: path.join(folder, "bin"), TMPDIR: path.join(folder, "tmp"), CALLS: path.join(folder, "calls"), HOME: folder },
        ...{ VLLM_EKS_AWS: "yes", VLLM_EKS_AWS_MAX_USD: "20" },
        ...{ VLLM_EKS_AWS_REGION: "us-west-2", VLLM_EKS_AWS_ZONE: "us-west-2a", VLLM_EKS_AWS_CIDR: "8.8.8.8/32" },
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    while (!calls().includes("in its folder") && child.exitCode === null) await sleep(50);
    // Ctrl-C reaches the whole group: the lane, and every process that it has not put into another group.
    process.kill(-child.pid!, "SIGINT");
    while (!calls().some((line) => line.startsWith("pulumi destroy")) && child.exitCode === null) await sleep(20);
    process.kill(-child.pid!, "SIGINT");
    assert.equal(await ended, 1, said);

    const made = calls().slice(calls().findIndex((line) => line.startsWith("pulumi up")));
    assert.deepEqual(made.slice(1, 4), ["strict: ", "in its folder", "up has ended"]);
    assert.match(made[4] ?? "", /^pulumi destroy --stack cheap-[0-9a-f]{4} --yes /);
    assert.equal(made[5], "destroyed");
    assert.equal(made.filter((line) => line.startsWith("aws resourcegroupstaggingapi get-resources")).length, 4);
    assert.match(said, /SIGINT: ending\. What was made is destroyed first; until that is done it is billed\./);
    assert.match(said, /FAILED {2}interrupted\n {2}Nothing is left in AWS by tag\./);
    const left = fs.readdirSync(path.join(folder, "tmp")).filter((name) => name.startsWith("vllm-eks-"));
    assert.deepEqual(left, []);
  });
});

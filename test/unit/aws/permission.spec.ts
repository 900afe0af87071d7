import assert from "node:assert/strict";
import fs from "node:fs";
import { readRequest } from "../../aws/request";
import { rehearsedMain } from "./rehearsal";

// Proves that no program is called before the price is known and allowed. Does not prove what AWS bills in the end.

const place = { VLLM_EKS_AWS_REGION: "us-west-2", VLLM_EKS_AWS_ZONE: "us-west-2b", VLLM_EKS_AWS_CIDR: "8.8.8.8/32" };
const allowed = { ...place, VLLM_EKS_AWS: "yes", VLLM_EKS_AWS_MAX_USD: "10" };

async function refused(environment: Record<string, string>): Promise<string> {
  const { status, lines, said, runners, folder } = await rehearsedMain([], environment);
  assert.deepEqual({ status, lines, runners }, { status: 2, lines: [], runners: 0 });
  assert.ok(!fs.existsSync(folder), folder);
  return said;
}
const reasons = (said: string) => said.slice(said.indexOf("Refused, and nothing was called:")).split("\n").slice(1);

describe("permission of the cloud lane", () => {
  it("is refused when nothing is set, with every reason at once, after the price", async () => {
    const said = await refused({});
    assert.match(said, /^Price of this run: about \$5\.66\n {2}\$4\.69 an hour, list prices; 63\.0 min expected:/);
    assert.match(said, /Quota: 64 vCPUs of L-DB2E81BA in us-west-2\./);
    assert.deepEqual(reasons(said), [
      '  VLLM_EKS_AWS is not "yes": nothing is made without it.',
      "  VLLM_EKS_AWS_REGION, VLLM_EKS_AWS_ZONE, VLLM_EKS_AWS_CIDR not set: only you know the place and your address.",
      '  cluster.publicAccessCidrs[0]: "198.51.100.7/32" is a placeholder for a value that only you have.',
      "  VLLM_EKS_AWS_MAX_USD is not an amount of dollars such as 10.",
    ]);
  });

  it("accepts only yes as a yes", async () => {
    const words = ["yes", "", "true", "1", "YES", "yes please"];
    assert.deepEqual(
      words.filter((word) => readRequest([], { ...allowed, VLLM_EKS_AWS: word }).allowed),
      ["yes"],
    );
    const said = await refused({ ...allowed, VLLM_EKS_AWS: "true" });
    assert.deepEqual(reasons(said), ['  VLLM_EKS_AWS is not "yes": nothing is made without it.']);
  });

  it("is refused above the limit, and not at it", async () => {
    assert.deepEqual(reasons(await refused({ ...allowed, VLLM_EKS_AWS_MAX_USD: "5.65" })), [
      "  The run is expected to cost $5.66; VLLM_EKS_AWS_MAX_USD allows $5.65.",
    ]);
    assert.equal((await rehearsedMain([], { ...allowed, VLLM_EKS_AWS_MAX_USD: "5.67" })).runners, 1);
  });

  it("is refused when the limit is not an amount", async () => {
    const amounts = ["10", "5.66", "", "ten", "-1", "1e9", "Infinity", "$10"];
    const read = amounts.map((amount) => readRequest([], { ...allowed, VLLM_EKS_AWS_MAX_USD: amount }).maximumUsd);
    assert.deepEqual(read, [10, 5.66, ...Array<undefined>(6).fill(undefined)]);
    const said = await refused({ ...allowed, VLLM_EKS_AWS_MAX_USD: "ten" });
    assert.deepEqual(reasons(said), ["  VLLM_EKS_AWS_MAX_USD is not an amount of dollars such as 10."]);
  });

  it("is refused when the plan for exactly this place is refused", async () => {
    const [reason] = reasons(await refused({ ...allowed, VLLM_EKS_AWS_ZONE: "eu-west-1a" }));
    assert.match(reason ?? "", /The plan is refused\. availabilityZone: eu-west-1a is not in the region us-west-2/);
  });

  it("is given by a yes, a place and a limit; the first command is then a free query", async () => {
    const { status, lines, runners, folder } = await rehearsedMain([], allowed);
    assert.deepEqual({ status, lines, runners }, { status: 1, lines: ["pulumi version"], runners: 1 });
    assert.ok(!fs.existsSync(folder), folder);
  });

  it("accepts no other argument", async () => {
    const { status, said, runners } = await rehearsedMain(["--yes"], allowed);
    assert.deepEqual({ status, runners }, { status: 64, runners: 0 });
    assert.equal(said, "error: test:aws takes --dry-run and nothing else; given --yes.");
  });
});

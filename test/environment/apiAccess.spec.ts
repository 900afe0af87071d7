import assert from "node:assert/strict";
import { adoptedSettings, resolve } from "../support/environments";

// Proves which ranges of the Kubernetes API and of adopted load balancers are refused, and which only warn.

const found = (stack: string, ...settings: string[]) =>
  resolve(stack, ...settings)
    .problems.filter(({ path }) => /Cidrs/.test(path) && !/hostname/.test(path))
    .map(({ code, severity, path }) => `${severity} ${code} ${path}`);
const api = (...ranges: string[]) => found("dev", `cluster.publicAccessCidrs=${JSON.stringify(ranges)}`);
const messageOf = (...ranges: string[]) =>
  resolve("dev", `cluster.publicAccessCidrs=${JSON.stringify(ranges)}`).problems.find(({ path }) => path.startsWith("cluster.public"))!
    .message;

describe("ranges that may reach the Kubernetes API", () => {
  it("warn if they are the whole internet, which EKS accepts", () => {
    assert.deepEqual(api("0.0.0.0/0"), ["warning api-access-open cluster.publicAccessCidrs"]);
    assert.match(
      messageOf("0.0.0.0/0"),
      /^0\.0\.0\.0\/0 lets the whole internet reach the Kubernetes API; only tokens protect the cluster\.$/,
    );
  });

  it("warn if they are most of it in pieces that have no reserved address", () => {
    const pieces = ["1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6", "16.0.0.0/4", "32.0.0.0/3", "128.0.0.0/3"];
    assert.deepEqual(api(...pieces), ["warning api-access-open cluster.publicAccessCidrs"]);
    assert.match(
      messageOf(...pieces),
      /1\.0\.0\.0\/8, 2\.0\.0\.0\/7, 4\.0\.0\.0\/6 and 3 more together let 39 % of all public IPv4 addresses reach/,
    );
  });

  const reserved = ["10.0.0.0/8", "10.20.30.40/32", "100.64.0.0/10", "127.0.0.1/32", "169.254.1.0/24", "172.16.0.0/12", "192.168.1.0/24"];
  for (const range of [...reserved, "224.0.0.0/8", "192.0.0.0/25", "198.18.0.0/16"])
    it(`are refused if EKS does not take them: ${range}`, () => {
      assert.deepEqual(api(range), ["error cidr-invalid cluster.publicAccessCidrs[0]"]);
      assert.match(messageOf(range), /reserved addresses, which EKS refuses/);
    });

  it("are refused if they contain reserved addresses among others, as the two halves of the internet do", () => {
    const both = api("0.0.0.0/1", "128.0.0.0/1");
    for (const index of [0, 1]) assert.ok(both.includes(`error cidr-invalid cluster.publicAccessCidrs[${index}]`), both.join());
    assert.deepEqual(api("8.8.8.8/32", "172.0.0.0/8"), ["error cidr-invalid cluster.publicAccessCidrs[1]"]);
    assert.match(messageOf("172.0.0.0/8"), /172\.16\.0\.0\/12 \(private addresses\)/);
  });

  it("may be public addresses, documentation ranges as placeholders, or none", () => {
    assert.deepEqual(api("100.20.30.40/32", "8.8.8.0/24"), []);
    assert.deepEqual(api("203.0.113.0/24"), ["setBeforeUp placeholder-left cluster.publicAccessCidrs[0]"]);
    assert.deepEqual(api(), []);
  });

  it("are reported once if they are not ranges at all", () => {
    assert.deepEqual(api("10.0.0.1/8"), ["error cidr-invalid cluster.publicAccessCidrs[0]"]);
  });
});

describe("ranges of adopted load balancer subnets", () => {
  const balancer = (...ranges: string[]) =>
    found("dev", ...adoptedSettings, `network.loadBalancerCidrs=${JSON.stringify(ranges)}`).filter((text) => text.includes("loadBalancer"));

  it("are refused if together they are most of the internet, because the pods' network policy would admit it", () => {
    for (const ranges of [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["10.0.0.0/8", "64.0.0.0/2"]])
      assert.deepEqual(balancer(...ranges), ["error cidr-invalid network.loadBalancerCidrs"], ranges.join());
  });

  it("may be private networks or public ranges of the size of a VPC", () => {
    assert.deepEqual(balancer("10.0.1.0/24", "10.0.2.0/24"), []);
    assert.deepEqual(balancer("100.64.0.0/16", "54.240.0.0/16"), []);
  });
});

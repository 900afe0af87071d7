import assert from "node:assert/strict";
import type { Problem } from "../../sizing/problem";
import { resolveNetwork } from "../../environment/networkSettings";
import { readSettings } from "../../environment/settings";
import { resolveZones, type ZoneRequest } from "../../environment/zones";

// Proves region, zones and network as the configuration gives them. Only the account knows its zones.

const brief = (problems: Problem[]) => problems.map(({ code, path }) => `${code} ${path}`);

describe("zones", () => {
  const resolve = (request: Partial<ZoneRequest>) =>
    resolveZones({ region: undefined, availabilityZone: undefined, availabilityZones: undefined, adoptedNetwork: false, ...request });

  it("are the first three of the region, and marked as assumed, if none is named", () => {
    assert.deepEqual(resolve({ region: "us-west-2" }).zones, {
      ...{ region: "us-west-2", availabilityZone: "us-west-2a", assumed: true },
      availabilityZones: ["us-west-2a", "us-west-2b", "us-west-2c"],
    });
  });

  it("are refused in China and GovCloud, which have other ARNs and registries", () => {
    for (const region of [
      "cn-north-1",
      "us-gov-west-1",
      "us-iso-east-1",
      "us-isob-east-1",
      "eu-isoe-west-1",
      "us-isof-south-1",
      "eusc-de-east-1",
    ])
      assert.deepEqual(brief(resolve({ region, availabilityZone: `${region}a` }).problems), ["availability-zone-invalid aws:region"]);
  });

  it("are the GPU zone and its neighbours if it is named, and the region follows from it", () => {
    const { zones } = resolve({ availabilityZone: "us-west-2d" });
    assert.deepEqual(zones?.availabilityZones, ["us-west-2d", "us-west-2a", "us-west-2b"]);
    assert.equal(zones?.region, "us-west-2");
    assert.equal(zones?.assumed, true);
  });

  it("are known when both are named", () => {
    const { zones } = resolve({ availabilityZone: "eu-west-1b", availabilityZones: ["eu-west-1b", "eu-west-1c"] });
    assert.deepEqual(zones, {
      ...{ region: "eu-west-1", availabilityZone: "eu-west-1b", assumed: false },
      availabilityZones: ["eu-west-1b", "eu-west-1c"],
    });
  });

  it("take the first of a list for the GPUs", () => {
    assert.equal(resolve({ availabilityZones: ["us-east-1d", "us-east-1a"] }).zones?.availabilityZone, "us-east-1d");
  });

  const refused: [title: string, request: Partial<ZoneRequest>, problems: string[]][] = [
    ["neither region nor zone", {}, ["missing-value aws:region"]],
    ["a region the catalog does not know", { region: "mars-north-1" }, ["availability-zone-invalid aws:region"]],
    ["a region without its number", { region: "us-west" }, ["availability-zone-invalid aws:region"]],
    ["a region with a number that does not exist", { region: "us-west-9" }, ["availability-zone-invalid aws:region"]],
    ["a zone instead of a region", { region: "us-west-2a" }, ["availability-zone-invalid aws:region"]],
    ["a zone of a region that does not exist", { availabilityZone: "us-west-9a" }, ["availability-zone-invalid availabilityZone"]],
    [
      "a Local Zone in the list",
      { availabilityZones: ["us-west-2a", "us-west-2-lax-1a"] },
      ["availability-zone-invalid network.availabilityZones[1]"],
    ],
    [
      "a list of a region that does not exist",
      { availabilityZones: ["us-west-9a", "us-west-9b"] },
      ["availability-zone-invalid network.availabilityZones[0]"],
    ],
    ["a Local Zone", { region: "us-west-2", availabilityZone: "us-west-2-lax-1a" }, ["availability-zone-invalid availabilityZone"]],
    ["a Wavelength Zone", { availabilityZone: "us-east-1-wl1-bos-wlz-1" }, ["availability-zone-invalid availabilityZone"]],
    ["a region newer than the catalog, without a zone", { region: "eu-west-7", anyRegion: true }, ["missing-value availabilityZone"]],
    [
      "a GPU zone of another region, once: the zones that follow from it are not a second mistake",
      { region: "us-west-2", availabilityZone: "us-east-1a" },
      ["availability-zone-mismatch availabilityZone"],
    ],
    ["one zone", { availabilityZones: ["us-west-2a"] }, ["availability-zone-invalid network.availabilityZones"]],
    ["no zone", { region: "us-west-2", availabilityZones: [] }, ["availability-zone-invalid", "availability-zone-mismatch"]],
    ["four zones", { availabilityZones: ["a", "b", "c", "d"].map((letter) => `us-west-2${letter}`) }, ["availability-zone-invalid"]],
    ["a zone twice", { availabilityZones: ["us-west-2a", "us-west-2a"] }, ["availability-zone-invalid"]],
    ["zones of two regions", { availabilityZones: ["us-west-2a", "us-east-1a"] }, ["availability-zone-invalid"]],
    [
      "a list without the GPU zone",
      { availabilityZone: "us-west-2c", availabilityZones: ["us-west-2a", "us-west-2b"] },
      ["availability-zone-mismatch network.availabilityZones"],
    ],
  ];
  for (const [title, request, problems] of refused) {
    it(`are refused for ${title}`, () => {
      const found = resolve(request);
      assert.equal(found.zones, undefined);
      assert.deepEqual(
        brief(found.problems),
        problems.map((each) => (each.includes(" ") ? each : `${each} network.availabilityZones`)),
      );
    });
  }

  it("of a region that resembles none propose none", () => {
    const proposed = (region: string) => resolve({ region }).problems.map(({ fix, changes }) => [fix.split("?")[0], changes.length]);
    assert.deepEqual(proposed("us-west-9"), [["Did you mean us-west-1", 1]]);
    assert.match(resolve({ region: "mars" }).problems[0]!.fix, /^The catalog has /);
    assert.deepEqual(resolve({ region: "mars" }).problems[0]!.changes, []);
  });

  it("of an adopted network are not checked, except the GPU zone", () => {
    const request = { region: "us-west-2", availabilityZone: "us-west-2b", adoptedNetwork: true };
    assert.deepEqual(resolve(request).problems, []);
    assert.deepEqual(brief(resolve({ ...request, region: "us-east-1" }).problems), ["availability-zone-mismatch availabilityZone"]);
  });
});

describe("network", () => {
  const resolve = (values: Record<string, unknown>) => {
    const { settings, problems } = readSettings(values);
    assert.deepEqual(problems, []);
    return resolveNetwork(settings, 3);
  };
  const ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"];
  const adopted = {
    ...{ vpcId: "vpc-0123456789abcdef0", nodeSubnetId: ids[0], loadBalancerSubnetIds: ids.slice(1) },
    loadBalancerCidrs: ["10.0.1.0/24"],
  };
  const availabilityZone = "us-west-2b";

  it("is created with ranges that are known before it exists; the scheme decides those of the load balancer", () => {
    const internal = resolve({}).network;
    assert.ok(internal?.kind === "create");
    assert.deepEqual(internal.nodeCidrs, ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"]);
    assert.deepEqual(internal.loadBalancerCidrs, ["10.0.33.0/27", "10.0.97.0/27", "10.0.161.0/27"]);
    const open = resolve({ ingress: { scheme: "internet-facing" } }).network;
    assert.deepEqual(open?.loadBalancerCidrs, ["10.0.32.0/24", "10.0.96.0/24", "10.0.160.0/24"]);
  });

  it("is adopted whole", () => {
    const { network, problems } = resolve({ network: adopted, availabilityZone });
    assert.deepEqual(problems, []);
    assert.deepEqual(network, { kind: "adopt", cidrBlock: "10.0.0.0/16", ...adopted });
  });

  it("needs no load balancer ranges without a load balancer, and no load balancer subnets on an adopted cluster", () => {
    const { vpcId, nodeSubnetId, loadBalancerSubnetIds } = adopted;
    const ingress = { mode: "none" };
    assert.deepEqual(resolve({ network: { vpcId, nodeSubnetId, loadBalancerSubnetIds }, ingress, availabilityZone }).problems, []);
    assert.deepEqual(resolve({ network: { vpcId, nodeSubnetId }, ingress, availabilityZone, cluster: { name: "shared" } }).problems, []);
  });

  const refused: [title: string, values: Record<string, unknown>, problems: string[]][] = [
    ["a range with bits below its mask", { network: { cidrBlock: "10.0.0.1/16" } }, ["cidr-invalid network.cidrBlock"]],
    ["a range larger than a VPC", { network: { cidrBlock: "10.0.0.0/8" } }, ["cidr-invalid network.cidrBlock"]],
    ["a range too small for three zones", { network: { cidrBlock: "10.0.0.0/24" } }, ["cidr-invalid network.cidrBlock"]],
    [
      "ranges in lists, each by its index",
      { cluster: { publicAccessCidrs: ["8.0.0.0/8", "8.0.0.1/8", "999.0.0.0/8"] } },
      ["cidr-invalid cluster.publicAccessCidrs[1]", "cidr-invalid cluster.publicAccessCidrs[2]"],
    ],
    [
      "an adopted VPC without its parts, all at once",
      { network: { vpcId: adopted.vpcId } },
      [
        "missing-value network.nodeSubnetId",
        "missing-value network.loadBalancerSubnetIds",
        "missing-value network.loadBalancerCidrs",
        "missing-value availabilityZone",
      ],
    ],
    [
      "one subnet for the load balancer",
      { network: { ...adopted, loadBalancerSubnetIds: [ids[1]] }, availabilityZone },
      ["missing-value network.loadBalancerSubnetIds"],
    ],
    ["parts of an adopted VPC without the VPC", { network: { nodeSubnetId: ids[0] } }, ["missing-value network.vpcId"]],
  ];
  for (const [title, values, problems] of refused) {
    it(`is refused for ${title}`, () => {
      const found = resolve(values);
      assert.equal(found.network, undefined);
      assert.deepEqual(brief(found.problems), problems);
    });
  }

  it("proposes the range that was probably meant", () => {
    assert.deepEqual(resolve({ network: { cidrBlock: "10.0.7.1/16" } }).problems[0]?.changes, [
      { path: "network.cidrBlock", value: "10.0.0.0/16" },
    ]);
  });
});

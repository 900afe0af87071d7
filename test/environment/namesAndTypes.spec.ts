import assert from "node:assert/strict";
import { adoptedSettings, resolve } from "../support/environments";
import { errors, withValues, type Values } from "./refusedValues";

// Proves that names of hosts, types, add-ons and mirrors which AWS refuses are refused before anything is made. That AWS refuses nothing
// else shows only in an account.

describe("names of hosts", () => {
  const hostname = (name: string, ...more: string[]) =>
    errors(
      resolve("dev", `ingress.hostname=${name}`, "ingress.certificateArn=arn:aws:acm:us-west-2:444455556666:certificate/1", ...more)
        .problems,
      /hostname/,
    );

  for (const name of [
    "llm.xn--p1ai",
    "llm.acme.io",
    "xn--bcher-kva.example.co.uk",
    "a.b.c.d.museum",
    `${"a".repeat(63)}.acme.io`,
    "7.acme.io",
  ])
    it(`may be ${name}`, () => assert.deepEqual(hostname(name), []));

  for (const name of [
    "llm",
    "llm.рф",
    "LLM.acme.io",
    "-llm.acme.io",
    "llm-.acme.io",
    "llm..io",
    "llm.acme.io.",
    `${"a".repeat(64)}.io`,
    "llm.123",
    "llm.acme.io/x",
    "*.acme.io",
    "a_b.io",
    `${"a.".repeat(126)}io`,
  ])
    it(`may not be ${name.slice(0, 20)}`, () => assert.deepEqual(hostname(name), ["out-of-range ingress.hostname"]));

  it("are refused above 64 characters if ACM is to issue the certificate", () => {
    const long = `${"a".repeat(60)}.acme.io`;
    const issued = (name: string) =>
      errors(resolve("dev", `ingress.hostname=${name}`, "ingress.hostedZoneId=Z0123456789ABC").problems, /hostname/);
    assert.deepEqual(issued(long), ["out-of-range ingress.hostname"]);
    assert.deepEqual(issued(long.slice(4)), []);
    assert.deepEqual(hostname(long), []);
  });
});

describe("system nodes and add-ons", () => {
  const system = (type: string) => errors(resolve("dev", `cluster.systemInstanceType=${type}`).problems, /systemInstanceType/);
  const arm = [
    "a1.xlarge",
    "t4g.medium",
    "m6g.large",
    "c7gn.xlarge",
    "im4gn.large",
    "x2gd.large",
    "g5g.xlarge",
    "hpc7g.16xlarge",
    "p6e-gb200.36xlarge",
  ];
  for (const type of [
    ...arm,
    "mac2.metal",
    "mac1.metal",
    "mac2-m2.metal",
    "foo.bar",
    "foo.large",
    "m6i.huge",
    "m6i",
    "m6i.",
    "m6i.large;x",
    "M6I.large",
  ])
    it(`are refused on ${type}`, () => assert.deepEqual(system(type), ["out-of-range cluster.systemInstanceType"]));
  for (const type of [
    "m6i.large",
    "m7i-flex.2xlarge",
    "c7a.xlarge",
    "m5.metal",
    "c7i.metal-24xl",
    "u-6tb1.56xlarge",
    "u7i-12tb.224xlarge",
    "g5.xlarge",
    "t3.medium",
    "r6idn.32xlarge",
  ])
    it(`may be ${type}`, () => assert.deepEqual(system(type), []));

  const addons = (versions: Values) => errors(withValues({ cluster: { addonVersions: versions } }), /addonVersions/);
  it("are refused with a VPC CNI below the minimum, versions that EKS does not write, or names that nothing installs", () => {
    assert.deepEqual(addons({ "vpc-cni": "v1.18.4-eksbuild.9" }), ['out-of-range cluster.addonVersions["vpc-cni"]']);
    assert.deepEqual(addons({ "vpc-cni": "v1.9.0-eksbuild.1" }), ['out-of-range cluster.addonVersions["vpc-cni"]']);
    for (const version of ["latest", "1.19.2", "v1.19.2", "v1.19.2-eksbuild.1; x", "v1.19.2-eksbuild.1\n"])
      assert.equal(addons({ "vpc-cni": version }).length, 1, version);
    assert.deepEqual(addons({ vpc_cni: "v1.19.2-eksbuild.1" }), ['unknown-key cluster.addonVersions["vpc_cni"]']);
    assert.deepEqual(addons({ "aws-ebs-csi-driver": "v1.19.2-eksbuild.1" }), ['unknown-key cluster.addonVersions["aws-ebs-csi-driver"]']);
    assert.deepEqual(addons({ "vpc-cni": "v1.19.2-eksbuild.1", coredns: "v1.12.1-eksbuild.2", "metrics-server": "v0.8.0-eksbuild.2" }), []);
  });
});

describe("capacity blocks", () => {
  const block = (type: string, ...more: string[]) =>
    errors(
      resolve("dev", "capacity.type=capacityBlock", "capacity.reservationId=cr-0123456789abcdef0", `instanceType=${type}`, ...more)
        .problems,
      /^capacity/,
    );
  it("are refused for instance types of which AWS sells none", () => {
    for (const type of ["g6e.48xlarge", "g5.48xlarge", "g7e.48xlarge", "gr6.8xlarge"])
      assert.deepEqual(block(type), ["capacity-conflict capacity.type"], type);
    for (const type of ["p4d.24xlarge", "p5.48xlarge", "p5en.48xlarge", "p6-b200.48xlarge"]) assert.deepEqual(block(type), [], type);
  });
});

describe("other texts", () => {
  it("do not contain control characters, whatever they are", () => {
    const given: Values = {
      ...{ modelConfigFile: "a\nb", cluster: { name: "shared", context: "a\u001b[2Jb", kubeconfig: "a\u0000b" } },
      ...{ engine: { extraArguments: ["--a\rb"] }, platform: { chartRepository: "oci://a\nb" } },
    };
    const found = errors(withValues(given), /.*/);
    for (const path of ["modelConfigFile", "cluster.context", "cluster.kubeconfig", "engine.extraArguments[0]", "platform.chartRepository"])
      assert.ok(found.includes(`out-of-range ${path}`), `${path}: ${found.join()}`);
    for (const { message, fix, path } of withValues(given)) assert.doesNotMatch(message + fix + path, /\p{Cc}/u);
  });

  it("may have several lines only in a kubeconfig", () => {
    const kubeconfig = "apiVersion: v1\nkind: Config\n\tx: 🙂\r\n";
    assert.deepEqual(errors(withValues({ cluster: { name: "shared", kubeconfig } }), /kubeconfig/), []);
  });

  it("that name a chart mirror are a registry or a folder", () => {
    const mirror = (text: string) =>
      errors(resolve("dev", ...adoptedSettings, `platform.chartRepository=${text}`).problems, /chartRepository/);
    for (const text of [
      "oci://444455556666.dkr.ecr.us-west-2.amazonaws.com/charts",
      "oci://localhost:5000/a/b-c",
      "/srv/charts",
      "./charts",
    ])
      assert.deepEqual(mirror(text), [], text);
    for (const text of ["http://mirror/charts", "https://x", "oci://", "oci://a b", "oci://a/$(id)", "--version", "charts"])
      assert.deepEqual(mirror(text), ["out-of-range platform.chartRepository"], text);
  });
});

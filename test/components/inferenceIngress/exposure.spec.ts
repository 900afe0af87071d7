// Proves what is refused before anything is created. Only the account knows whether a zone is public or a certificate matches a name.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { ConfigurationError } from "../../../components/problems";
import { cidrMistake } from "../../../components/cidr";
import { checkComponentTags } from "../../../components/tags";
import { checkExposure, checkName, type Exposure } from "../../../components/inferenceIngress/exposure";
import { recordEndpoint } from "./endpoint";

const internal: Exposure = { inboundCidrs: ["10.0.0.0/16"], certificateGiven: false, hostnameGiven: false, hostedZoneGiven: false };
const open: Exposure = { ...internal, scheme: "internet-facing", authenticated: true, certificateGiven: true };
const found = (exposure: Exposure) => checkExposure(exposure).map(({ code, severity, path }) => `${severity} ${code} ${path}`);

describe("exposure of an endpoint", () => {
  it("is accepted inside the VPC without TLS and key, and on the internet with both", () => {
    assert.deepEqual(found(internal), []);
    assert.deepEqual(found(open), []);
    assert.deepEqual(found({ ...open, certificateGiven: false, hostnameGiven: true, hostedZoneGiven: true }), []);
  });

  it("is refused on the internet without certificate, key and ranges, with all three problems at once", () => {
    assert.deepEqual(found({ ...internal, scheme: "internet-facing", inboundCidrs: [] }), [
      "error public-without-certificate certificateArn",
      "error public-without-auth scheme",
      "error public-without-cidrs inboundCidrs",
    ]);
  });

  it("proposes an internal endpoint if a public one lacks what it needs", () => {
    const [problem] = checkExposure({ ...open, certificateGiven: false });
    assert.deepEqual(problem!.changes, [{ path: "scheme", value: "internal" }]);
    assert.deepEqual(found({ ...internal, scheme: "internal" }), []);
  });

  it("warns that the whole internet may connect, and refuses it without a key", () => {
    const world = [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["128.0.0.0/2", "192.0.0.0/3", "0.0.0.0/1", "10.0.0.0/8"]];
    for (const inboundCidrs of world) {
      assert.deepEqual(found({ ...open, inboundCidrs }), ["warning public-without-cidrs inboundCidrs"], inboundCidrs.join());
      assert.match(checkExposure({ ...open, inboundCidrs })[0]!.message, /(lets|together let) the whole internet connect/);
    }
    assert.ok(found({ ...open, authenticated: false, inboundCidrs: ["0.0.0.0/0"] }).includes("error public-without-auth scheme"));
  });

  it("warns that plain HTTP shows the API key to anyone who captures traffic in the VPC", () => {
    const withKey = { ...internal, authenticated: true };
    const [warning, ...others] = checkExposure(withKey);
    assert.deepEqual(others, []);
    assert.deepEqual([warning?.severity, warning?.code, warning?.path], ["warning", "key-readable-in-transit", "certificateArn"]);
    assert.equal(warning?.fix, "Set hostname and hostedZoneId, or certificateArn, so that the load balancer serves HTTPS.");
    const [byController] = checkExposure({ ...withKey, mode: "controller" });
    assert.equal(byController?.fix, "Set certificateArn, so that the load balancer serves HTTPS.");
  });

  it("does not warn about plain HTTP with TLS, without a key, and on the internet, where it is an error already", () => {
    const withKey = { ...internal, authenticated: true };
    assert.deepEqual(found({ ...withKey, certificateGiven: true }), []);
    assert.deepEqual(found({ ...withKey, hostnameGiven: true, hostedZoneGiven: true }), []);
    assert.deepEqual(found(internal), []);
    assert.deepEqual(found({ ...open, certificateGiven: false }), ["error public-without-certificate certificateArn"]);
  });

  it("warns that an internal endpoint is open to every network with a route to it", () => {
    for (const inboundCidrs of [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"]]) {
      assert.deepEqual(found({ ...internal, inboundCidrs }), ["warning public-without-cidrs inboundCidrs"], inboundCidrs.join());
      assert.match(checkExposure({ ...internal, inboundCidrs })[0]!.message, /each network that has a route to it/);
    }
    assert.deepEqual(found({ ...internal, inboundCidrs: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] }), []);
  });

  it("counts a range with a mistake once, as the mistake", () => {
    assert.deepEqual(found({ ...open, inboundCidrs: ["0.0.0.1/0"] }), ["error cidr-invalid inboundCidrs[0]"]);
  });

  it("is refused if no range may connect", () => {
    assert.deepEqual(found({ ...internal, inboundCidrs: [] }), ["error missing-value inboundCidrs"]);
  });

  it("needs a zone for a hostname without certificate, and a hostname for a zone", () => {
    assert.deepEqual(found({ ...internal, hostnameGiven: true }), ["error missing-value hostedZoneId"]);
    assert.deepEqual(found({ ...internal, hostedZoneGiven: true }), ["error missing-value hostname"]);
    assert.deepEqual(found({ ...internal, hostnameGiven: true, certificateGiven: true }), []);
  });

  it("refuses a zone that the controller would not use", () => {
    const byController: Exposure = { ...internal, mode: "controller", hostnameGiven: true };
    assert.deepEqual(found({ ...byController, hostedZoneGiven: true }), ["error unknown-key hostedZoneId"]);
    assert.deepEqual(found(byController), ["error missing-value certificateArn"]);
    assert.deepEqual(found({ ...byController, certificateGiven: true }), []);
  });

  it("limits the idle timeout to 1–4000 s and draining to 0–3585 s", () => {
    const idle = "error out-of-range idleTimeoutSeconds";
    for (const [seconds, problems] of [
      [0, [idle]],
      [1, []],
      [4000, []],
      [4001, [idle]],
      [1.5, [idle]],
    ] as const) {
      assert.deepEqual(found({ ...internal, idleTimeoutSeconds: seconds }), problems, String(seconds));
    }
    const drain = "error out-of-range drainSeconds";
    for (const [seconds, problems] of [
      [-1, [drain]],
      [0, []],
      [3585, []],
      [3586, [drain]],
    ] as const) {
      assert.deepEqual(found({ ...internal, drainSeconds: seconds }), problems, String(seconds));
    }
    assert.deepEqual(checkExposure({ ...internal, idleTimeoutSeconds: 5000 })[0]!.changes, [{ path: "idleTimeoutSeconds", value: 4000 }]);
  });

  it("needs subnets in two zones, if their number is known", () => {
    assert.deepEqual(found({ ...internal, subnetCount: 1 }), ["error missing-value subnetIds"]);
    assert.deepEqual(found({ ...internal, subnetCount: 2 }), []);
  });

  it("refuses modes and schemes that do not exist", () => {
    const wrong = { ...internal, mode: "gateway", scheme: "public" } as unknown as Exposure;
    assert.deepEqual(found(wrong), ["error out-of-range mode", "error out-of-range scheme"]);
  });

  it("refuses ranges that a security group would change", () => {
    assert.deepEqual(
      found({ ...internal, inboundCidrs: ["10.0.0.0/16", "10.0.0.1/16", "10.0.0.0", "::/0", "10.0.0.256/32", "10.0.0.0/33"] }),
      [
        "error cidr-invalid inboundCidrs[1]",
        "error cidr-invalid inboundCidrs[2]",
        "error cidr-invalid inboundCidrs[3]",
        "error cidr-invalid inboundCidrs[4]",
        "error cidr-invalid inboundCidrs[5]",
      ],
    );
    assert.equal(cidrMistake("10.0.0.1/16")!.network, "10.0.0.0/16");
    assert.equal(cidrMistake("203.0.113.77/28")!.network, "203.0.113.64/28");
    assert.equal(cidrMistake("0.0.0.0/0"), undefined);
    assert.equal(cidrMistake("255.255.255.255/32"), undefined);
  });

  it("proposes a range that it accepts, for every address", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), fc.integer({ min: 0, max: 32 }), (octets, length) => {
        const given = `${octets.join(".")}/${length}`;
        const meant = cidrMistake(given)?.network ?? given;
        assert.equal(cidrMistake(meant), undefined);
      }),
    );
  });

  it("refuses a component's name that a load balancer's name does not allow", () => {
    assert.deepEqual(checkName("a".repeat(21), "direct"), []);
    assert.equal(checkName("a".repeat(22), "direct")[0]!.code, "name-too-long");
    assert.equal(checkName("internal-llm", undefined)[0]!.code, "out-of-range");
    assert.equal(checkName("llm.prod", undefined)[0]!.code, "out-of-range");
    assert.deepEqual(checkName("internal-llm.prod-with-a-long-name", "controller"), []);
  });

  it("refuses an endpoint before anything is registered, with every problem and its argument", async () => {
    const refused = recordEndpoint({ scheme: "internet-facing", inboundCidrs: ["10.0.0.1/16"] });
    await assert.rejects(refused, (error: ConfigurationError) => {
      assert.ok(error instanceof ConfigurationError);
      assert.deepEqual(
        error.problems.map(({ code, path }) => `${code} ${path}`),
        ["cidr-invalid args.inboundCidrs[0]", "public-without-certificate args.certificateArn", "public-without-auth args.scheme"],
      );
      return /^InferenceIngress "llm" cannot be deployed as configured:/.test(error.message);
    });
  });
});

describe("tags of a component", () => {
  const found = (tags: unknown, inAnnotation?: boolean) =>
    checkComponentTags(tags, inAnnotation).map(({ code, path }) => `${code} ${path}`);

  it("are judged if they are plain, by the rules of a configuration, without the reserved keys of controllers", () => {
    assert.deepEqual(found({ team: "🚀", "aws:x": "", Team: "a" }), [
      "out-of-range tags.team",
      "tag-reserved tags.aws:x",
      "out-of-range tags.Team",
    ]);
    assert.deepEqual(found({ "kubernetes.io/cluster/shared": "owned", Name: "mine" }), []);
    assert.deepEqual(found({ "a=b": "x" }, true), ["out-of-range tags.a=b"]);
  });

  it("are left to AWS if they are Outputs", () => {
    assert.deepEqual(found(undefined), []);
    assert.deepEqual(found(pulumi.output({ team: "🚀" })), []);
    assert.deepEqual(found({ team: pulumi.output("🚀") }), []);
  });

  it("are refused before anything is registered", async () => {
    await assert.rejects(recordEndpoint({ tags: { team: "a,b" } }), /\[out-of-range\] args\.tags\.team/);
  });
});

describe("the hostname of an endpoint", () => {
  const hostname = (name: string, more: Partial<Exposure> = {}) => found({ ...open, hostnameGiven: true, hostname: name, ...more });

  it("is refused if it is not a DNS name, or too long for a certificate of ACM", () => {
    assert.deepEqual(hostname("llm.xn--p1ai"), []);
    assert.deepEqual(hostname("LLM.example.com"), ["error out-of-range hostname"]);
    const long = `${"a".repeat(60)}.acme.io`;
    assert.deepEqual(hostname(long), []);
    assert.deepEqual(hostname(long, { certificateGiven: false, hostedZoneGiven: true }), ["error out-of-range hostname"]);
  });
});

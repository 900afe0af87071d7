import assert from "node:assert/strict";
import { tagRules } from "../../catalog/awsTextRules";
import { resolve } from "../support/environments";
import { errors, withValues, type Values } from "./refusedValues";

// Proves that texts which AWS refuses are refused before anything is made. That AWS refuses nothing else shows only in an account.

const tags = (given: Values, aws: Values = {}, more: Values = {}) =>
  errors(withValues({ tags: given, ...more }, aws), /^tags|^aws:defaultTags/);
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "x"]));

describe("tags", () => {
  it("are refused with a value or a key longer than AWS takes, by its length and the limit", () => {
    const [problem] = withValues({ tags: { k: "x".repeat(300) } }).filter(({ path }) => path === "tags.k");
    assert.match(problem!.message, /300 characters; AWS takes at most 256/);
    assert.deepEqual(tags({ ["k".repeat(128)]: "" }), [`out-of-range tags.${"k".repeat(128)}`]);
    assert.deepEqual(tags({ ["k".repeat(127)]: "x".repeat(256) }), []);
    assert.deepEqual(tags({ "": "x" }), ['out-of-range tags[""]']);
  });

  it("are counted with those of this package and of aws:defaultTags: 50 on one resource", () => {
    assert.deepEqual(tags(many(55)), ["out-of-range tags"]);
    assert.deepEqual(tags(many(47)), []);
    assert.deepEqual(tags(many(48)), ["out-of-range tags"]);
    assert.deepEqual(tags({ Name: "x", ...many(47) }), [], "Name replaces this package's own");
    assert.deepEqual(tags(many(40), { defaultTags: { tags: { a: "1", ...many(40) } } }), [], "the same keys count once");
    const defaults = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`default${index}`, ""]));
    assert.deepEqual(tags(many(40), { defaultTags: { tags: defaults } }), ["out-of-range tags"]);
  });

  it("are refused with characters that IAM, FSx or the load balancer refuses", () => {
    for (const value of ["🚀", "a,b", "a;b", "a\nb", "a'b", "$(id)", "a\u2028b", "\ud800", "\u0000", "*", "<x>"]) {
      assert.deepEqual(tags({ team: value }), ["out-of-range tags.team"], JSON.stringify(value));
      assert.deepEqual(tags({ [`k${value}`]: "" }).length, 1, JSON.stringify(value));
    }
    for (const value of ["", "ML Team", "Ünïcödé", "機械学習", "a_b.c:d/e=f+g-h@i", "١٢٣"])
      assert.deepEqual(tags({ team: value }), [], value);
  });

  it("name a character that cannot be seen by its number", () => {
    const message = (value: string) => withValues({ tags: { team: value } }).find(({ path }) => path === "tags.team")!.message;
    assert.match(message("🚀"), /has the character 🚀; IAM, FSx and Elastic Load Balancing take letters/);
    assert.match(message("a\u0007"), /has the character U\+0007;/);
    assert.ok(!message("a\u0007").includes("\u0007"));
  });

  it("are refused with keys that AWS or a controller reserves, in any case, and with values that EKS reserves", () => {
    const reserved = [
      "aws:x",
      "AWS:x",
      "Aws:cloudformation:stack",
      "kubernetes.io/cluster/dev",
      "eks:cluster-name",
      "elbv2.k8s.aws/cluster",
    ];
    for (const key of [...reserved, "kubernetes.io/role/elb", "vllm-eks/environment"])
      assert.deepEqual(
        tags({ [key]: "x" }).map((text) => text.split(" ")[0]),
        ["tag-reserved"],
        key,
      );
    assert.deepEqual(tags({ team: "aws:x" }), ["out-of-range tags.team"]);
    assert.deepEqual(tags({ team: "AWS:" }), ["out-of-range tags.team"]);
    assert.deepEqual(tags({ aws: "x", "my:aws": "aws" }), []);
  });

  it("are refused if two keys differ only by case, also with the package's own and default ones", () => {
    assert.deepEqual(tags({ Team: "a", team: "b" }), ["out-of-range tags.team"]);
    assert.deepEqual(tags({ name: "x" }), ["out-of-range tags.name"]);
    assert.deepEqual(tags({ team: "a" }, { defaultTags: { tags: { TEAM: "b" } } }), ["out-of-range tags.team"]);
    assert.deepEqual(tags({ team: "a" }, { defaultTags: { tags: { team: "b" } } }), []);
    assert.deepEqual(tags({}, { defaultTags: { tags: { Cost: "a", cost: "b" } } }), ["out-of-range aws:defaultTags"]);
  });

  it("of the provider obey the same rules", () => {
    assert.deepEqual(tags({}, { defaultTags: { tags: { "aws:x": "", ok: "🚀" } } }), [
      "tag-reserved aws:defaultTags",
      "out-of-range aws:defaultTags",
    ]);
  });

  it("that an annotation cannot hold are refused in controller mode only", () => {
    const controller = { ingress: { mode: "controller" } };
    assert.deepEqual(tags({ "a=b": "c" }, {}, controller), ["out-of-range tags.a=b"]);
    assert.deepEqual(tags({ team: " x" }, {}, controller), ["out-of-range tags.team"]);
    assert.deepEqual(tags({ "a=b": " c" }), []);
    assert.deepEqual(tags({ team: "a=b c" }, {}, controller), []);
  });

  it("have limits with a source for each service", () => assert.ok(tagRules.sources.every(({ url }) => url.startsWith("https://"))));
});

describe("principals", () => {
  const role = "arn:aws:iam::123456789012:role/ops";
  const administrators = (...arns: string[]) => errors(withValues({ cluster: { administrators: arns } }), /administrators/);

  it("are refused twice, also with another case", () => {
    assert.deepEqual(administrators(role, role), ["out-of-range cluster.administrators[1]"]);
    assert.deepEqual(administrators(role, "arn:aws:iam::123456789012:user/a", role.replace("ops", "Ops")), [
      "out-of-range cluster.administrators[2]",
    ]);
  });

  const foreign = ["group/admins", "root", "instance-profile/x", "policy/x", "oidc-provider/x", "role/", "role", "user/a b", "role/x:y"];
  for (const resource of foreign)
    it(`are refused unless they are a role or a user: ${resource}`, () => {
      assert.deepEqual(administrators(`arn:aws:iam::123456789012:${resource}`), ["out-of-range cluster.administrators[0]"]);
    });

  it("are refused as sessions and with other forms of account or region", () => {
    for (const arn of [
      "arn:aws:sts::123456789012:assumed-role/x/y",
      "arn:aws:iam::12345:role/x",
      "arn:aws:iam:us-west-2:123456789012:role/x",
    ])
      assert.deepEqual(administrators(arn), ["out-of-range cluster.administrators[0]"], arn);
  });

  it("may have paths, as those of IAM Identity Center", () => {
    const sso = "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef";
    assert.deepEqual(administrators(`arn:aws:iam::123456789012:${sso}`, "arn:aws:iam::123456789012:user/team/a.b+c=d,e@f-g_h"), []);
  });

  it("are refused in another partition than the region's", () => {
    assert.deepEqual(administrators("arn:aws-cn:iam::123456789012:role/x"), ["out-of-range cluster.administrators[0]"]);
    assert.deepEqual(errors(withValues({ cluster: { accessRoleArn: "arn:aws-us-gov:iam::123456789012:role/x" } }), /accessRole/), [
      "out-of-range cluster.accessRoleArn",
    ]);
  });

  it("that are assumed are roles, and no text beside them", () => {
    const given = [
      "role/x; touch y #",
      "role/x\ntouch y",
      "role/$(id)",
      "role/`id`",
      "role/x'",
      'role/x"',
      "user/x",
      "role/x y",
      "role/x|y",
      "role/x&",
    ];
    for (const resource of given)
      assert.deepEqual(errors(withValues({ cluster: { accessRoleArn: `arn:aws:iam::210987654321:${resource}` } }), /accessRole/), [
        "out-of-range cluster.accessRoleArn",
      ]);
  });
});

describe("ARNs of regional things", () => {
  const certificate = (arn: string, ...more: string[]) =>
    errors(resolve("dev", `ingress.certificateArn=${arn}`, ...more).problems, /certificateArn/);

  it("are refused in another region than the stack's", () => {
    const arn = "arn:aws:acm:us-east-1:444455556666:certificate/0123abcd";
    assert.deepEqual(certificate(arn), ["certificate-unsuitable ingress.certificateArn"]);
    assert.deepEqual(certificate(arn.replace("us-east-1", "us-west-2")), []);
    const { problems } = resolve("dev", `ingress.certificateArn=${arn}`);
    assert.match(problems.find(({ code }) => code === "certificate-unsuitable")!.message, /is in us-east-1, but the stack is in us-west-2/);
    const group = "arn:aws:resource-groups:eu-west-1:444455556666:group/gpus";
    const reserved = resolve("dev", "capacity.type=reservation", `capacity.reservationGroupArn=${group}`).problems;
    assert.deepEqual(errors(reserved, /reservationGroup/), ["reservation-unusable capacity.reservationGroupArn"]);
  });

  it("are refused in another account than the one that acts, unless one of them is AWS's example", () => {
    const acting = "cluster.accessRoleArn=arn:aws:iam::210987654321:role/deployer";
    assert.deepEqual(certificate("arn:aws:acm:us-west-2:444455556666:certificate/1", acting), [
      "certificate-unsuitable ingress.certificateArn",
    ]);
    assert.deepEqual(certificate("arn:aws:acm:us-west-2:210987654321:certificate/1", acting), []);
    assert.deepEqual(certificate("arn:aws:acm:us-west-2:111122223333:certificate/1", acting), []);
  });

  it("are refused of another service, or with text behind them", () => {
    for (const arn of [
      "arn:aws:iam::444455556666:server-certificate/x",
      "arn:aws:acm:us-west-2:444455556666:certificate/x y",
      "arn:aws:acm:us-west-2:1:certificate/x",
    ])
      assert.deepEqual(certificate(arn), ["out-of-range ingress.certificateArn"], arn);
  });
});

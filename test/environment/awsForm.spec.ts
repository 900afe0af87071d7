// Proves that no key or value of `aws:` is dropped in silence, and what a message says. The catalog's own spec proves that the keys are the
// provider's.
import assert from "node:assert/strict";
import fc from "fast-check";
import { awsArguments } from "../../catalog/awsProvider";
import { awsConfiguration } from "../../environment/awsConfiguration";
import { checkAwsForm } from "../../environment/awsForm";
import { readAwsConfiguration } from "../../environment/awsSettings";

const role = "arn:aws:iam::123456789012:role/deployer";
const check = (values: Record<string, unknown>, encrypted: string[] = []) => checkAwsForm(awsConfiguration(values), encrypted, "dev");
const found = (values: Record<string, unknown>, encrypted?: string[]) =>
  check(values, encrypted).map(({ code, path }) => `${code} ${path}`);

describe("keys of aws:", () => {
  it("of an earlier version of the provider are refused, with the command for the right one", () => {
    const [problem] = check({ assumeRole: { roleArn: role, externalId: "x-1" } });
    assert.match(
      problem!.message,
      /^"assumeRole" is not a key of aws:\. Since version 7 of the provider the key is aws:assumeRoles, a list\./,
    );
    assert.ok(problem!.fix.includes(`pulumi config set -s dev --path 'aws:assumeRoles[0].roleArn' ${role}, and so on`), problem!.fix);
    assert.ok(problem!.fix.endsWith("pulumi config rm -s dev aws:assumeRole"), problem!.fix);
    assert.equal(problem!.fix.includes("x-1"), false);
  });

  for (const [typed, meant] of [
    ["regoin", "region"],
    ["Region", "region"],
    ["assumerole", "assumeRoles"],
    ["assume_roles", "assumeRoles"],
    ["proflie", "profile"],
    ["allowedAccountId", "allowedAccountIds"],
    ["secretkey", "secretKey"],
  ] as const)
    it(`with a typing error are refused: ${typed} means ${meant}`, () => {
      const [problem, ...more] = check({ [typed]: "x" });
      assert.deepEqual([problem?.code, problem?.path, more], ["unknown-key", `aws:${typed}`, []]);
      assert.ok(problem!.fix.includes(`aws:${meant}`), problem!.fix);
      assert.equal(problem!.fix.includes("--secret"), meant === "secretKey");
    });

  it("that resemble nothing are refused too, even names that every object has", () => {
    for (const key of ["dynamodbEndpoint", "constructor", "__proto__x", "toString", ""])
      assert.deepEqual(found({ [key]: "x" }), [`unknown-key aws:${key}`]);
  });

  it("differ from every key of the provider by anything: they are never accepted in silence", () => {
    const edits = fc.tuple(fc.constantFrom(...Object.keys(awsArguments)), fc.nat(), fc.string({ minLength: 0, maxLength: 1 }));
    fc.assert(
      fc.property(edits, ([key, at, letter]) => {
        const position = at % (key.length + 1);
        const edited = key.slice(0, position) + letter + key.slice(position + (letter === "" ? 1 : at % 2));
        fc.pre(!Object.hasOwn(awsArguments, edited) && edited !== "region" && edited !== "__proto__");
        assert.deepEqual(found({ [edited]: "x" }), [`unknown-key aws:${edited}`]);
      }),
    );
  });

  it("inside an object are refused with the right name", () => {
    assert.deepEqual(found({ assumeRoles: [{ roleArn: role, externalID: "x-1", durationSeconds: 900 }] }), [
      "unknown-key aws:assumeRoles[0].externalID",
      "unknown-key aws:assumeRoles[0].durationSeconds",
    ]);
    const [, seconds] = check({ assumeRoles: [{ roleArn: role, externalID: "x-1", durationSeconds: 900 }] });
    assert.equal(seconds!.fix, "Did you mean aws:assumeRoles[0].duration?");
    assert.deepEqual(found({ endpoints: [{ stss: "https://sts.internal" }] }), ["unknown-key aws:endpoints[0].stss"]);
    assert.equal(check({ defaultTags: { team: "ml" } })[0]!.fix, "Write it inside aws:defaultTags.tags.");
  });
});

describe("a key of aws: that was set without --path", () => {
  const written = "assumeRoles[0].roleArn";
  it("is one key with that name: the fix removes this key, and sets the value with --path", () => {
    const [problem, ...more] = check({ [written]: role, assumeRoles: [{ roleArn: role }] });
    assert.deepEqual([problem?.code, problem?.path, more], ["unknown-key", `aws:${written}`, []]);
    const set = `Set it with --path: pulumi config set -s dev --path 'aws:${written}' ${role}.`;
    assert.equal(problem!.fix, `${set} Then remove the other key: pulumi config rm -s dev 'aws:${written}'`);
    assert.match(
      check({ "defaultTags.tags.team": "planted" })[0]!.fix,
      /--path aws:defaultTags\.tags\.team '<value>'\. Then .* rm -s dev aws:d/,
    );
  });

  it("leaves the sound key of the same beginning in effect", () => {
    const aws = { [written]: "x", assumeRoles: [{ roleArn: role }], profile: "" };
    const { sound } = readAwsConfiguration({ stack: "dev", values: {}, aws, today: "2026-11-30" });
    assert.deepEqual(sound, { assumeRoles: [{ roleArn: role }] });
  });
});

describe("values of aws:", () => {
  it("of the wrong form are refused with the command that sets the right one, by a path that Pulumi reads", () => {
    const fixes = (values: Record<string, unknown>) => check(values).map(({ fix }) => fix);
    assert.deepEqual(fixes({ stsRegion: "us-west" }), [
      "Give a region such as us-west-2: pulumi config set -s dev aws:stsRegion '<value>'",
    ]);
    assert.match(fixes({ secretKey: "" })[0]!, /: pulumi config set -s dev --secret aws:secretKey$/);
    assert.match(
      fixes({ defaultTags: { tags: { "team.name": 7 } } })[0]!,
      /: pulumi config set -s dev --path 'aws:defaultTags\.tags\["team\.name"\]' '<value>'$/,
    );
  });

  it("of the right form are accepted, as a stack file has them and as Pulumi passes them", () => {
    const values = {
      ...{
        profile: "team a",
        maxRetries: 7,
        insecure: false,
        allowedAccountIds: [123456789012, "000000000012"],
        defaultTags: { tags: { a: "" } },
      },
      assumeRoles: [
        { roleArn: role, externalId: "x/1:@", duration: "1h", tags: { "a b": "é" }, policyArns: ["arn:aws:iam::aws:policy/X"] },
      ],
      assumeRoleWithWebIdentity: { roleArn: role, webIdentityTokenFile: "~/token" },
    };
    assert.deepEqual(found(values), []);
    const asTexts = Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
    assert.deepEqual(found(Object.fromEntries(asTexts)), []);
    assert.deepEqual(awsConfiguration({ allowedAccountIds: "[123456789012]" }), { allowedAccountIds: ["123456789012"] });
  });

  for (const [values, expected] of [
    [{ assumeRoles: role }, "wrong-type aws:assumeRoles"],
    [{ assumeRoles: { roleArn: role } }, "wrong-type aws:assumeRoles"],
    [{ assumeRoles: [role] }, "wrong-type aws:assumeRoles[0]"],
    [{ assumeRoles: [{}] }, "missing-value aws:assumeRoles[0].roleArn"],
    [{ assumeRoles: [{ roleArn: "deployer" }] }, "out-of-range aws:assumeRoles[0].roleArn"],
    [{ assumeRoles: [{ roleArn: `${role}\n` }] }, "out-of-range aws:assumeRoles[0].roleArn"],
    [{ assumeRoles: [{ roleArn: role, externalId: "" }] }, "out-of-range aws:assumeRoles[0].externalId"],
    [{ assumeRoles: [{ roleArn: role, policy: { Version: "2012-10-17" } }] }, "wrong-type aws:assumeRoles[0].policy"],
    [{ assumeRoles: [{ roleArn: role, sessionName: "two words" }] }, "out-of-range aws:assumeRoles[0].sessionName"],
    [{ allowedAccountIds: "123456789012" }, "wrong-type aws:allowedAccountIds"],
    [{ allowedAccountIds: [12345678901] }, "wrong-type aws:allowedAccountIds[0]"],
    [{ useFipsEndpoint: "yes" }, "wrong-type aws:useFipsEndpoint"],
    [{ maxRetries: "many" }, "wrong-type aws:maxRetries"],
    [{ profile: "" }, "out-of-range aws:profile"],
    [{ profile: '{"name":"x"}' }, "out-of-range aws:profile"],
    [{ profile: { name: "x" } }, "wrong-type aws:profile"],
    [{ defaultTags: "team=ml" }, "wrong-type aws:defaultTags"],
    [{ defaultTags: { tags: ["team"] } }, "wrong-type aws:defaultTags.tags"],
    [{ stsRegion: "us-west" }, "out-of-range aws:stsRegion"],
    [{ secretKey: "planted" }, "secret-in-clear-text aws:secretKey"],
    [{ httpsProxy: "http://me:planted@proxy:3128" }, "secret-in-clear-text aws:httpsProxy"],
    [{ httpsProxy: "http://planted@proxy:3128" }, "secret-in-clear-text aws:httpsProxy"],
    [{ httpProxy: "socks5://me:planted@proxy:1080" }, "secret-in-clear-text aws:httpProxy"],
  ] as const)
    it(`of the wrong form are refused: ${JSON.stringify(values).slice(0, 80)}`, () => {
      assert.deepEqual(found(values), [expected]);
      assert.equal(JSON.stringify(check(values)).includes("planted"), false);
    });

  it("that are stored encrypted are checked as well, and not shown", () => {
    const encrypted = check({ assumeRoles: [{ roleArn: role, externalId: "plan ted" }], secretKey: "plan ted" }, [
      "assumeRoles",
      "secretKey",
    ]);
    assert.deepEqual(
      encrypted.map(({ path }) => path),
      ["aws:assumeRoles[0].externalId", "aws:secretKey"],
    );
    assert.equal(JSON.stringify(encrypted).includes("plan ted"), false);
    assert.deepEqual(found({ secretKey: "planted" }, ["secretKey"]), []);
    assert.deepEqual(found({ secretKey: "[secret]", assumeRoles: "[secret]" }), []);
  });

  it("may be anything: the check answers and does not throw", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(awsArguments).filter((key) => key !== "region")), fc.jsonValue(), (key, value) => {
        for (const given of [value, JSON.stringify(value)]) assert.ok(Array.isArray(check({ [key]: given })));
      }),
    );
  });
});

import assert from "node:assert/strict";
import { problemCodes, type ProblemCode } from "../../sizing/problem";
import { run } from "./commandLine";
import { allCases as cases } from "./problems/allCases";
import { planOf, type Provoked } from "./problems/provoked";

// Proves how the command line answers a wrong configuration, code by code. It does not prove that every wrong configuration is found:
// anyConfiguration.spec.ts tries thousands, and the rules have their own specs.

const onlyAsked: ProblemCode[] = [
  ...(["zone-unavailable", "quota-too-low", "instance-type-not-offered", "catalog-drift"] as const),
  ...(["subnet-unsuitable", "image-missing", "hosted-zone-unsuitable", "aws-cli-missing"] as const),
  ...(["api-unreachable", "cluster-part-missing", "cluster-part-present", "nodes-unsuitable"] as const),
];

/** Codes that no configuration can provoke, and why. */
const outOfReach: Partial<Record<ProblemCode, string>> = {
  "efa-missing": "every GPU type of the catalog has EFA; sizing's own spec tries a type without it",
  "store-type-unknown": "the form check refuses the word first, as out-of-range; only arguments of LustreModelStore reach this check",
  "untrusted-setting": "only the Automation API knows who wrote a configuration: test/unit/automation/untrusted.spec.ts",
  ...Object.fromEntries(onlyAsked.map((code) => [code, "only an account or a cluster provokes it: test/unit/preflight"])),
  "two-authorizations": "nothing emits it: there is no setting for JWT",
  "cidrs-and-security-groups": "nothing emits it: there is no setting for security groups of the load balancer",
};

describe("problems of a configuration", () => {
  it("are provoked here for every code, except the codes that no configuration can reach", () => {
    const provoked = new Set(cases.map(({ code }) => code));
    const missing = problemCodes.filter((code) => !provoked.has(code) && outOfReach[code] === undefined);
    const superfluous = Object.keys(outOfReach).filter((code) => provoked.has(code as ProblemCode));
    assert.deepEqual({ missing, superfluous }, { missing: [], superfluous: [] });
  });

  for (const provoked of cases) {
    const { code, severity, path, settings = [], stack = "dev", says, proposes = [] } = provoked;
    const how = [stack.slice(0, 12), ...settings, ...Object.keys(provoked.files ?? {}).map((name) => name.slice(0, 20))].join(" ");

    describe(`${code} as ${severity} (${how})`, () => {
      const answered = () => planOf(provoked);
      const found = async () => (await answered()).problems.filter((each) => each.code === code && each.path === path);

      it(`is reported once at ${path.slice(0, 40)}, with matching exit status and verdict`, async () => {
        const { status, stderr, verdict, requiredBeforeUp } = await answered();
        assert.equal(stderr, "");
        assert.deepEqual(
          (await found()).map((each) => each.severity),
          [severity],
          JSON.stringify((await answered()).problems, null, 1),
        );
        assert.equal(status, provoked.status ?? (severity === "error" ? 2 : 0));
        assert.equal(verdict, status === 0 ? "deployable" : "refused");
        const isRequired = requiredBeforeUp.some((each) => each.code === code && each.path === path);
        assert.equal(isRequired, severity === "setBeforeUp");
      });

      it("names the value given and the rule, and says what to do", async () => {
        const [problem] = await found();
        for (const words of says) assert.ok(problem?.message.includes(words), `${words}: ${problem?.message}`);
        assert.ok(problem && problem.fix.trim().length >= 10, problem?.fix);
      });

      it(proposes.length > 0 ? `is solved by what it proposes: ${proposes.join(" ")}` : "proposes only changes that solve it", async () => {
        const [problem] = await found();
        const changes = problem?.changes.map((change) => `${change.path}=${String(change.value)}`) ?? [];
        assert.deepEqual(changes, proposes);
        if (changes.length === 0) return;
        const { problems, stderr } = await planOf(provoked, changes);
        assert.equal(stderr, "");
        assert.deepEqual(
          problems.filter((each) => each.code === code && each.path === path && each.severity === severity),
          [],
        );
      });
    });
  }

  it("come all at once, from every part of the configuration", async () => {
    const settings = ["nodeCuont=4", "nodeCount=four", "instanceType=p9.48xlarge", "capacity.type=reservation", "tags.aws:x=1"];
    const more = ["modelStore.storageCapacityGiB=1300", "network.cidrBlock=10.0.0.1/16", 'engine.extraArguments=["--port=1"]'];
    const { problems } = await planOf({ code: "unknown-key", severity: "error", path: "", says: [], settings: [...settings, ...more] });
    assert.deepEqual(
      problems
        .filter(({ severity }) => severity === "error")
        .map(({ code, path }) => `${code} ${path}`)
        .sort(),
      [
        "cidr-invalid network.cidrBlock",
        "engine-argument-reserved engine.extraArguments[0]",
        "instance-type-unknown instanceType",
        "reservation-missing capacity.reservationId",
        "store-size-step modelStore.storageCapacityGiB",
        "tag-reserved tags.aws:x",
        "unknown-key nodeCuont",
        "wrong-type nodeCount",
      ],
    );
  });

  it("compare with fewer nodes only when the counts agree", async () => {
    const settings = ["nodeCount=5", "replicas=3"];
    const { problems } = await planOf({ code: "too-many-replicas", severity: "error", path: "replicas", says: [], settings });
    assert.deepEqual(
      problems.filter(({ severity }) => severity !== "setBeforeUp").map(({ code }) => code),
      ["too-many-replicas"],
    );
  });

  it("show no secret: neither a key of the wrong type nor one inside an argument", async () => {
    const hidden = "hunter2";
    const configured = `config:\n  aws:region: us-west-2\n  vllm-eks:apiKey: { key: ${hidden} }\n  vllm-eks:huggingFaceToken: ${hidden}\n`;
    const inFile: Provoked = { code: "wrong-type", severity: "error", path: "apiKey", says: [], files: { "Pulumi.dev.yaml": configured } };
    const { problems, status } = await planOf(inFile);
    assert.equal(status, 2);
    assert.equal(JSON.stringify(problems).includes(hidden), false);
    const { out } = await run("plan", "--json", "--set", `engine.extraArguments=["--api-key=${hidden}"]`, "--set", `apiKey=${hidden}`);
    assert.equal(out.includes(hidden), false);
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readConfiguration } from "../../plan/configuration";
import { UsageError } from "../../plan/setting";

// Proves that files merge as the Pulumi CLI's documentation says. The engine lane proves that the CLI gives the same result.
describe("configuration of an environment", () => {
  let directory: string;
  beforeEach(() => (directory = fs.mkdtempSync(path.join(os.tmpdir(), "configuration-"))));
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  const write = (name: string, text: string) => fs.writeFileSync(path.join(directory, name), text);
  const read = (stackYaml: string, settings: string[] = [], projectYaml = "name: vllm-eks\nruntime: nodejs\n") => {
    write("Pulumi.yaml", projectYaml);
    write("Pulumi.dev.yaml", stackYaml);
    return readConfiguration({ directory, stack: "dev", settings });
  };

  describe("files", () => {
    it("takes the default of Pulumi.yaml when the stack file has no value, and replaces it whole when it has one", () => {
      const project = [
        "name: vllm-eks",
        "config:",
        "  nodeCount: { type: integer, default: 2 }",
        "  replicas: { type: integer, value: 3 }",
        "  model: org/short-form",
        "  engine: { type: object, default: { maxNumSeqs: 64, maxModelLen: 1024 } }",
      ].join("\n");
      const { values } = read("config:\n  vllm-eks:nodeCount: 4\n  vllm-eks:engine:\n    maxModelLen: 2048\n", [], project);
      assert.deepEqual(values, { nodeCount: 4, replicas: 3, model: "org/short-form", engine: { maxModelLen: 2048 } });
    });

    it("reads a key without namespace as the project's, and leaves other namespaces out", () => {
      const { values, region } = read("config:\n  nodeCount: 3\n  aws:region: us-east-2\n  aws:profile: someone\n");
      assert.deepEqual(values, { nodeCount: 3 });
      assert.equal(region, "us-east-2");
    });

    it("types the text that `pulumi config set` writes for top-level keys", () => {
      const stack = ['vllm-eks:nodeCount: "4"', 'vllm-eks:protect: "true"', `vllm-eks:network: '{"cidrBlock":"10.1.0.0/16"}'`];
      const { values } = read(`config:\n  ${stack.join("\n  ")}\n`);
      assert.deepEqual(values, { nodeCount: 4, protect: true, network: { cidrBlock: "10.1.0.0/16" } });
    });

    it("leaves a value of the wrong type as it is, so that the form check refuses it", () => {
      assert.deepEqual(read("config:\n  vllm-eks:nodeCount: four\n  vllm-eks:protect: 1\n").values, { nodeCount: "four", protect: 1 });
    });

    it("keeps the spelling of a number where the schema wants text, as Pulumi does for top-level keys", () => {
      assert.equal(
        read("config:\n  vllm-eks:modelRevision: 1234567890123456789012345678901234567890\n").values.modelRevision,
        "1234567890123456789012345678901234567890",
      );
    });

    it("never reads an encrypted value, and treats a key as secret when any value inside it is, as Pulumi does", () => {
      const { values } = read("config:\n  vllm-eks:apiKey:\n    secure: v1:abc:def\n  vllm-eks:tags:\n    owner:\n      secure: v1:x:y\n");
      assert.deepEqual(values, { apiKey: "[secret]", tags: "[secret]" });
    });

    it("replaces only the kubeconfig of a cluster when only the kubeconfig is encrypted", () => {
      const file = "config:\n  vllm-eks:cluster:\n    name: shared\n    kubeconfig:\n      secure: v1:x:y\n";
      assert.deepEqual(read(file).values, { cluster: { name: "shared", kubeconfig: "[secret]" } });
      assert.deepEqual(read(file.replace("name: shared", "name:\n      secure: v1:a:b")).values, { cluster: "[secret]" });
    });

    it("warns that ESC environments are not resolved offline", () => {
      const { problems } = read("environment:\n  - team/gpu\nconfig: {}\n");
      assert.deepEqual(
        problems.map(({ code, severity, path: where }) => [code, severity, where]),
        [["not-resolved-offline", "warning", "environment"]],
      );
    });

    for (const [what, text] of [
      ["broken YAML", "config:\n  vllm-eks:model: [a\n"],
      ["a repeated key", "config:\n  vllm-eks:nodeCount: 1\n  vllm-eks:nodeCount: 2\n"],
      ["a list at the top", "- config\n"],
    ] as const) {
      it(`reports ${what} as a problem that names the file`, () => {
        const { problems, unreadable } = read(text);
        assert.equal(unreadable, true);
        assert.deepEqual(
          problems.map(({ code, severity, path: where }) => [code, severity, where]),
          [["wrong-type", "error", "Pulumi.dev.yaml"]],
        );
      });
    }

    it("accepts an empty stack file", () => {
      assert.deepEqual(read(""), { values: {}, aws: {}, unreadable: false, problems: [] });
    });

    it("refuses an environment without a file, and lists the environments that have one", () => {
      read("");
      assert.throws(
        () => readConfiguration({ directory, stack: "prod" }),
        (error) => error instanceof UsageError && /Environments here: dev\./.test(error.message),
      );
    });

    it("looks for stack files where stackConfigDir says", () => {
      write("Pulumi.yaml", "name: vllm-eks\nstackConfigDir: environments\n");
      fs.mkdirSync(path.join(directory, "environments"));
      write("environments/Pulumi.qa.yaml", "config:\n  vllm-eks:nodeCount: 6\n");
      assert.deepEqual(readConfiguration({ directory, stack: "qa" }).values, { nodeCount: 6 });
    });

    it("reads the file that modelConfigFile names, and says so when it cannot", () => {
      write("model.json", '{"architectures":[]}');
      assert.equal(read("config:\n  vllm-eks:modelConfigFile: model.json\n").modelConfigJson, '{"architectures":[]}');
      assert.deepEqual(
        read("config:\n  vllm-eks:modelConfigFile: missing.json\n").problems.map(({ code, path: where }) => [code, where]),
        [["missing-value", "modelConfigFile"]],
      );
    });
  });

  describe("--set", () => {
    const cases: [setting: string, values: Record<string, unknown>][] = [
      ["nodeCount=4", { nodeCount: 4 }],
      ["vllm-eks:nodeCount=4", { nodeCount: 4 }],
      ["protect=true", { protect: true }],
      ["model=org/name=with-equals", { model: "org/name=with-equals" }],
      ["modelRevision=1234567", { modelRevision: "1234567" }],
      ["cluster.version=1.40", { cluster: { version: "1.40" } }],
      ['cluster.version="1.36"', { cluster: { version: "1.36" } }],
      ["engine.maxModelLen=32768", { engine: { maxModelLen: 32768 } }],
      ["engine.gpuMemoryUtilization=0.85", { engine: { gpuMemoryUtilization: 0.85 } }],
      ["ingress.inboundCidrs[0]=10.0.0.0/8", { ingress: { inboundCidrs: ["10.0.0.0/8"] } }],
      ["cluster.publicAccessCidrs=[]", { cluster: { publicAccessCidrs: [] } }],
      ['capacity={"type":"spot"}', { capacity: { type: "spot" } }],
      ['tags["team.name"]=ml', { tags: { "team.name": "ml" } }],
      ["tags.costCenter=0123", { tags: { costCenter: "0123" } }],
      ["apiKey=hunter2", { apiKey: "[secret]" }],
      ["apiKey=", { apiKey: "[secret]" }],
      ["apiKey=null", {}],
      ["noSuchKey=007", { noSuchKey: "007" }],
      ["nodeCount=", { nodeCount: "" }],
      ["nodeCount=four", { nodeCount: "four" }],
    ];
    for (const [setting, expected] of cases) {
      it(`${setting} gives ${JSON.stringify(expected)}`, () => assert.deepEqual(read("config: {}\n", [setting]).values, expected));
    }

    it("changes one field of an object that the file gives", () => {
      const { values } = read("config:\n  vllm-eks:engine: { maxModelLen: 1, maxNumSeqs: 2 }\n", ["engine.maxModelLen=3"]);
      assert.deepEqual(values, { engine: { maxModelLen: 3, maxNumSeqs: 2 } });
    });

    it("lets the last setting of a key win, and null remove a value", () => {
      assert.deepEqual(read("config:\n  vllm-eks:replicas: 2\n", ["nodeCount=1", "nodeCount=2", "replicas=null"]).values, { nodeCount: 2 });
    });

    it("sets a field of a role, and never keeps a key of AWS", () => {
      const settings = [
        "aws:assumeRoles[0].roleArn=arn",
        "aws:assumeRoles[0].externalId=12345",
        "aws:secretKey=planted",
        "aws:maxRetries=3",
      ];
      const { aws } = read("config: {}\n", settings);
      assert.deepEqual(aws, { assumeRoles: [{ roleArn: "arn", externalId: "12345" }], secretKey: "[secret]", maxRetries: 3 });
      const file = `config:\n  aws:assumeRoles: '[{"roleArn":"a"}]'\n`;
      assert.deepEqual(read(file, ["aws:assumeRoles[1].roleArn=b"]).aws, { assumeRoles: [{ roleArn: "a" }, { roleArn: "b" }] });
      assert.throws(() => read("config: {}\n", ["aws:assumeRoles[2].roleArn=c"]), UsageError);
    });

    it("refuses a namespace that is a typing error, as in a file", () => {
      const { values, problems } = read("config: {}\n", ["vllm:engine.maxModelLen=4096"]);
      assert.deepEqual([values, problems.map(({ code, path: where }) => [code, where])], [{}, [["unknown-key", "vllm:engine"]]]);
    });

    it("reads the earlier form of a key, as the Pulumi CLI does", () => {
      assert.equal(read("config:\n  aws:config:region: eu-west-1\n").region, "eu-west-1");
    });

    it("sets the region", () => {
      assert.equal(read("config:\n  aws:region: us-west-2\n", ["aws:region=us-east-1"]).region, "us-east-1");
    });

    for (const setting of [
      "nodeCount",
      "=4",
      "a..b=1",
      "[0]=1",
      "model.name=x",
      "ingress.inboundCidrs[3]=10.0.0.0/8",
      "engine[0]=1",
      "x[y]=1",
      "__proto__.x=1",
    ]) {
      it(`refuses "${setting}" as wrong usage`, () => {
        assert.throws(
          () => read("config:\n  vllm-eks:model: m\n  vllm-eks:engine: {}\n  vllm-eks:ingress: { inboundCidrs: [] }\n", [setting]),
          UsageError,
        );
      });
    }
  });
});

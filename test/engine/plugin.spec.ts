import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { startAccount, type Account } from "./cloud/account";
import { adoptedCluster } from "./support/adoptedCluster";
import { engineRun, systemZone } from "./support/engineRun";
import { PluginProject } from "./support/pluginProject";
import { summary } from "./support/pulumiCli";
import { repository } from "./support/tools";

// Proves that other languages can use the components: the real CLI finds them in the repository and constructs them for a program in YAML,
// and the program in Python type-checks against the SDK that Pulumi generates. Every input of that SDK is optional: a missing one shows
// only in a run. The Python program is not run, and Go, C# and Java are not tried.

const namespace = "inference";
const network = adoptedCluster("");

describe("the components as a source plugin", function () {
  this.timeout(240_000); // the analyzer reads the types of every provider at each request for the schema
  let account: Account;
  let project: PluginProject;

  before(async () => {
    account = await startAccount(engineRun());
    const { api } = engineRun();
    await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await api.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "api-key", namespace },
      stringData: { "api-key": "sk-plugin" },
    });
    project = new PluginProject(engineRun(), path.join(repository, "examples/yaml"), { PULUMI_DEBUG_PROVIDERS: account.debugProviders });
    // The lane's nodes are in this zone.
    project.edit("Pulumi.yaml", (text) => text.replace("us-west-2b", systemZone));
    await project.succeeded("stack", "init", "plugin");
  });

  it("are added to a program in YAML by the command that README.md names", async () => {
    await project.succeeded("package", "add", repository);
    assert.match(project.read("sdks/vllm-eks/vllm-eks-0.1.0.yaml"), /^name: vllm-eks$/m);
  });

  it("come up from YAML, and wait for what the program tells them to wait for", async () => {
    const plain = {
      clusterName: "shared",
      clusterSecurityGroupId: "sg-0123456789abcdef0",
      vpcId: network["vllm-eks:network.vpcId"],
      gpuSubnetId: network["vllm-eks:network.nodeSubnetId"],
      "loadBalancerSubnetIds[0]": network["vllm-eks:network.loadBalancerSubnetIds[0]"],
      "loadBalancerSubnetIds[1]": network["vllm-eks:network.loadBalancerSubnetIds[1]"],
    };
    const plaintext = Object.entries(plain).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await project.succeeded("config", "set-all", "--path", ...plaintext, "--secret", `kubeconfig=${engineRun().kubeconfig}`);
    const { steps } = await project.up();
    const made = summary(steps);
    for (const name of ["gpu", "gpu-nodes", "llm", "llm-lb", "vllm", "vllm-set", "weights", "weights-download", "weights-file-system"])
      assert.ok(made.includes(`create ${name}`), made.join("\n"));
    // The engine does not know the children of a component in another process: what depends on its outputs waits for the whole component.
    assert.ok((await dependenciesOf("gpu-nodes")).includes("weights"));
    const ofSet = await dependenciesOf("vllm-set");
    assert.ok(ofSet.includes("weights") && ofSet.includes("gpu"), ofSet.join(" "));
  });

  async function dependenciesOf(name: string): Promise<string[]> {
    const { out } = await project.succeeded("stack", "export");
    const { deployment } = JSON.parse(out) as { deployment: { resources: { urn: string; dependencies?: string[] }[] } };
    const nameOf = (urn: string) => urn.split("::").at(-1)!;
    const found = deployment.resources.find(({ urn }) => nameOf(urn) === name);
    assert.ok(found, name);
    return (found.dependencies ?? []).map(nameOf);
  }

  it("change nothing when nothing was changed, and are destroyed", async () => {
    const { steps } = await project.up("--expect-no-changes");
    assert.deepEqual(summary(steps), []);
    await project.succeeded("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await account.objects(), []);
  });

  it("refuse a wrong value in YAML with the rule, before anything is created", async () => {
    project.edit("Pulumi.yaml", (text) => text.replace("tensorParallelSize: 8", "tensorParallelSize: 6"));
    const { status, text } = await project.run("preview");
    assert.notEqual(status, 0);
    assert.match(text, /vllm-eks:index:VllmLeaderWorkerSet resource 'vllm' has a problem: It cannot be deployed as configured:/);
    assert.match(
      text,
      /- property tensorParallelSize with value '\{?6\}?' has a problem: \[heads-not-divisible\] vLLM refuses Qwen\/Qwen3-32B/,
    );
  });

  it("give Python the names and types that examples/python uses", async () => {
    const sdk = path.join(project.folder, "python");
    const schema = path.join(project.folder, "schema.json");
    fs.writeFileSync(schema, (await project.succeeded("package", "get-schema", repository)).out);
    const { tools } = engineRun();
    const run = ([program, ...first]: string[], ...args: string[]) =>
      spawnSync(program!, [...first, ...args], { cwd: project.folder, encoding: "utf8", env: { ...process.env, MYPYPATH: sdk } });
    assert.equal(run(tools.command("write-python-sdk"), schema, sdk).stderr, "");
    const check = (file: string) => run(tools.command("python-sdk"), "--strict", "--follow-imports=silent", file);
    const example = path.join(repository, "examples/python/__main__.py");
    const { status, stdout } = check(example);
    assert.equal(status, 0, stdout);
    const wrong = path.join(project.folder, "wrong.py");
    fs.writeFileSync(wrong, fs.readFileSync(example, "utf8").replace("node_count=2", "nodeCount=2"));
    assert.match(check(wrong).stdout, /Unexpected keyword argument "nodeCount" for overloaded function "EfaGpuNodeGroup"/);
  });
});

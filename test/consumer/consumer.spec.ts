// Proves what you get if you install the package from npm: the content of the tarball, that Node and the compiler find every entry with
// each way of module resolution, that the program of docs/programs.md compiles and can be planned there, and that the command runs. It does
// not prove that npm's registry accepts the package or that other package managers work.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { knownNames } from "../../catalog/names";
import { configSchema } from "../../environment/configSchema";
import { codeBlocks } from "../docs/documents";
import { stackFileSchema } from "../docs/stackFileSchema";
import { completionsAt, hoverAt, languageService } from "../support/languageService";
import { repository } from "../support/environments";
import { Consumer, manifest, succeeded } from "./installedPackage";

const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
const specifier = (entry: string) => entry.replace(/^\./, manifest.name);

/** Bytes. A fifth of it is for reading: pages, schema and the sources that declarations lead to. */
const packedLimit = 600_000;
const topLevel = [
  "CHANGELOG.md",
  "LICENSE",
  "Pulumi.dev.yaml",
  "Pulumi.local.yaml",
  "Pulumi.prod.yaml",
  "Pulumi.yaml",
  "README.md",
  "automation",
  "catalog",
  "components",
  "configuration.schema.json",
  "docs",
  "environment",
  "package.json",
  "plan",
  "policy",
  "preflight",
  "sizing",
  "src",
  "stacks",
];

/** The program of docs/programs.md, once for each module system; `dryRun` replaces the engine. */
const configuration = JSON.stringify({
  "consumer:clusterName": "shared",
  "consumer:vpcId": "vpc-1",
  "consumer:gpuSubnetId": "subnet-1",
  "consumer:kubeconfig": "{}",
  "consumer:loadBalancerSubnetIds": '["subnet-2","subnet-3"]',
});
const planOf = (load: string) => `import { dryRun } from "vllm-eks/plan";
const config = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
void dryRun(() => ${load}, { config, project: "consumer" }).then(({ resources }) => {
  console.log(JSON.stringify(resources.map(({ type, name }) => \`\${type} \${name}\`)));
});
`;
const everyEntry = entries.map((entry, index) => `export * as entry${index} from "${specifier(entry)}";\n`).join("");

/** Files of a program for one way of module resolution: the newer ways have both module systems. */
const resolutions = [
  { module: "nodenext", moduleResolution: "nodenext", extensions: ["mts", "cts"], options: { skipLibCheck: false } },
  { module: "node16", moduleResolution: "node16", extensions: ["mts", "cts"], options: { skipLibCheck: true, noEmit: true } },
  { module: "esnext", moduleResolution: "bundler", extensions: ["ts"], options: { skipLibCheck: true, noEmit: true } },
  { module: "commonjs", moduleResolution: "node10", extensions: ["ts"], options: { skipLibCheck: true, noEmit: true } },
];

describe("the package, installed from its tarball", () => {
  let consumer: Consumer;

  before(() => {
    consumer = new Consumer();
    const [program] = codeBlocks("ts").filter(({ text }) => text.includes("new VllmLeaderWorkerSet("));
    assert.ok(program, "No page has a program with the four components");
    for (const extension of ["ts", "mts", "cts"]) {
      consumer.write(`program.${extension}`, program.text);
      consumer.write(`entries.${extension}`, everyEntry);
    }
    consumer.write("plan.mts", planOf('import("./program.mjs")'));
    consumer.write("plan.cts", planOf('require("./program.cjs")'));
    consumer.write("plan.ts", planOf('import("./program")'));
  });
  after(() => consumer.remove());

  it("is small and has at its top level only what a user needs", () => {
    const found = new Set(consumer.packed.files.map(({ path: file }) => file.split("/")[0]!));
    assert.deepEqual([...found].sort(), [...topLevel].sort());
    assert.ok(consumer.packed.size <= packedLimit, `${consumer.packed.size} bytes packed`);
  });

  it("has pages with links that lead to files of the package", () => {
    const pages = consumer.packed.files.map(({ path: file }) => file).filter((file) => file.endsWith(".md"));
    assert.ok(pages.includes("README.md") && pages.includes("docs/configuration.md"), pages.join(" "));
    const broken = pages.flatMap((page) => {
      const text = fs.readFileSync(path.join(consumer.installed, page), "utf8");
      const targets = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, target = ""]) => target);
      return targets
        .filter((target) => !fs.existsSync(path.join(consumer.installed, path.dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    assert.deepEqual(broken, []);
  });

  it("contains no settings of a compiler, which would change how Pulumi runs its policy pack", () => {
    const found = consumer.packed.files.map(({ path: file }) => file).filter((file) => path.basename(file) === "tsconfig.json");
    assert.deepEqual(found, []);
  });

  it("contains no source map of code, and for each map of a declaration the source that it names", () => {
    const files = new Set(consumer.packed.files.map(({ path: file }) => file));
    const maps = [...files].filter((file) => file.endsWith(".map"));
    assert.deepEqual(
      maps.filter((file) => !file.endsWith(".d.ts.map")),
      [],
    );
    assert.ok(maps.includes("components/efaGpuNodeGroup/efaGpuNodeGroup.d.ts.map"));
    const led = maps.map((map) => {
      const { sources } = JSON.parse(fs.readFileSync(path.join(consumer.installed, map), "utf8")) as { sources: string[] };
      return path.posix.join(path.posix.dirname(map), ...sources);
    });
    assert.deepEqual([...led].sort(), [...files].filter((file) => file.startsWith("src/")).sort());
  });

  it("contains the scripts in its JavaScript, byte for byte, and no function that would read them from files", () => {
    const scripts = [
      ["lustreModelStore/downloadScript", "downloadScripts['download.py']", "lustreModelStore/download.py"],
      ...["hub.py", "content.py", "listing.py", "transfer.py"].map(
        (file) => ["lustreModelStore/downloadScript", `downloadScripts['${file}']`, `lustreModelStore/${file}`] as const,
      ),
      ["vllmLeaderWorkerSet/probes", "probeScripts['completion.py']", "vllmLeaderWorkerSet/completion.py"],
      ["vllmLeaderWorkerSet/probes", "probeScripts['leader_health.py']", "vllmLeaderWorkerSet/leader_health.py"],
      ["vllmLeaderWorkerSet/probes", "probeScripts['engine_progress.py']", "vllmLeaderWorkerSet/engine_progress.py"],
      ["vllmLeaderWorkerSet/probes", "probeScripts['wait_for_leader.py']", "vllmLeaderWorkerSet/wait_for_leader.py"],
      ["vllmLeaderWorkerSet/launchScript", "launchScript", "vllmLeaderWorkerSet/launch.sh"],
    ] as const;
    for (const [module, member, file] of scripts) {
      const load = `require(${JSON.stringify(path.join(consumer.installed, "components", module))})`;
      const { out } = succeeded(consumer.node("-e", `process.stdout.write(${load}.${member})`));
      assert.equal(out, fs.readFileSync(path.join(repository, "components", file), "utf8"), file);
    }
    const files = consumer.packed.files.map(({ path: file }) => file);
    assert.deepEqual(
      files.filter((file) => /\.(py|sh)$|scriptText/.test(file)),
      [],
    );
  });

  for (const { module, moduleResolution, extensions, options } of resolutions)
    it(`compiles with module resolution ${moduleResolution}: the program of docs/programs.md and every entry`, () => {
      const files = extensions.flatMap((extension) => ["program", "entries", "plan"].map((name) => `${name}.${extension}`));
      succeeded(consumer.compile(files, { module, moduleResolution, ...options }));
    });

  it("shows an editor what each key of an environment means, and completes the names of the catalog", () => {
    const program = `import { automate } from "${manifest.name}/automation";
      import type { InstanceTypeName, ModelName } from "${manifest.name}/catalog";
      automate({ stackName: "acme", environment: { instanceType: "", model: "", engine: { maxModelLen: 4096 } } });
      export const names: { type: InstanceTypeName; id: ModelName } = { type: "", id: "org/own" };
    `;
    const file = path.join(consumer.folder, "editor.ts");
    const module = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    const service = languageService({ [file]: program }, module);
    assert.deepEqual(service.getSemanticDiagnostics(file), []);
    const description = configSchema.engine!.properties!.maxModelLen!.description;
    assert.equal(hoverAt(service, file, "maxModelLen").text, `${description} From 1 to 10000000.`);
    assert.deepEqual(hoverAt(service, file, "instanceType").tags, { default: String(configSchema.instanceType!.default) });
    for (const key of ["instanceType", "type"])
      assert.deepEqual(completionsAt(service, file, `${key}: "`).sort(), [...knownNames.InstanceTypeName].sort(), key);
    for (const key of ["model", "id"])
      assert.deepEqual(completionsAt(service, file, `${key}: "`).sort(), [...knownNames.ModelName].sort(), key);
  });

  it("contains the schema that its environments name for editors", () => {
    const [, file = ""] = /\$schema=(.*)\n/.exec(fs.readFileSync(path.join(consumer.installed, "Pulumi.dev.yaml"), "utf8")) ?? [];
    assert.deepEqual(JSON.parse(fs.readFileSync(path.join(consumer.installed, file), "utf8")), stackFileSchema());
  });

  it("gives an ES module the same names as a CommonJS one", () => {
    for (const entry of entries) {
      const required = succeeded(consumer.node("-p", `JSON.stringify(Object.keys(require("${specifier(entry)}")).sort())`)).out;
      const keys = `JSON.stringify(Object.keys(await import("${specifier(entry)}")).sort())`;
      const imported = succeeded(consumer.node("--input-type=module", "-e", `console.log(${keys})`)).out;
      const extra = new Set(["default", "module.exports", "__esModule"]); // Node gives an importer the whole module under these names.
      const named = (names: string) => (JSON.parse(names) as string[]).filter((name) => !extra.has(name));
      assert.deepEqual(named(imported), named(required), entry);
      assert.ok(named(required).length > 0, entry);
    }
  });

  it("plans the program of docs/programs.md offline, the same from both module systems", () => {
    const [module, commonjs] = ["mjs", "cjs"].map(
      (extension) => JSON.parse(succeeded(consumer.node(`plan.${extension}`, configuration)).out) as string[],
    );
    assert.deepEqual(module, commonjs);
    assert.deepEqual(module!.filter((resource) => resource.startsWith("vllm-eks:")).sort(), [
      "vllm-eks:index:EfaGpuNodeGroup gpu",
      "vllm-eks:index:InferenceIngress llm",
      "vllm-eks:index:LustreModelStore weights",
      "vllm-eks:index:VllmLeaderWorkerSet vllm",
    ]);
    for (const child of ["aws:eks/nodeGroup:NodeGroup gpu-nodes", "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet vllm-set"])
      assert.ok(module!.includes(child), child);
  });

  it("does not load the AWS SDK for a component or a plan, nor Pulumi for arithmetic", () => {
    const loaded = (entry: string, pattern: string) => {
      const count = `Object.keys(require.cache).filter((file) => file.includes("/node_modules/${pattern}")).length`;
      return Number(succeeded(consumer.node("-p", `require("${specifier(entry)}"); ${count}`)).out);
    };
    // The environments create their network with awsx, which brings its own SDK.
    for (const entry of entries.filter((each) => each !== "./stacks")) assert.equal(loaded(entry, "@aws-sdk/"), 0, entry);
    for (const entry of ["./sizing", "./catalog"]) assert.equal(loaded(entry, "@pulumi/"), 0, entry);
    // An optional peer: users without a policy pack do not have it.
    for (const entry of entries) assert.equal(loaded(entry, "@pulumi/policy/"), 0, entry);
  });

  it("sizes a model with `npx vllm-eks fit`", () => {
    const { out } = succeeded(consumer.npx("fit", "--model", "Qwen/Qwen3-32B", "--instance-type", "p5.48xlarge", "--json"));
    const { verdict, shape } = JSON.parse(out) as { verdict: string; shape: { instanceType: string; nodeCount: number } };
    assert.deepEqual([verdict, shape.instanceType, shape.nodeCount], ["deployable", "p5.48xlarge", 1]);
  });

  it("plans the environments in the package with `npx vllm-eks plan`, and refuses settings that cannot work", () => {
    const { out } = succeeded(consumer.npx("plan", "--stack", "dev"));
    assert.match(out, /^DEPLOYABLE dev: deepseek-ai\/DeepSeek-R1-Distill-Qwen-32B on 2 × p4d\.24xlarge$/m);
    const refused = consumer.npx("plan", "--set", "tensorParallelSize=16", "--set", "pipelineParallelSize=1");
    assert.equal(refused.status, 2);
    assert.match(refused.out, /^ {6}npx vllm-eks plan --stack dev /m, "the command as it is typed here");
  });
});

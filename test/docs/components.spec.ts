// Proves that docs/components says about every argument and output what the sources say, that the sources leave nothing out, and that the examples in
// the sources compile. Of the hand-written text outside the markers, only the links are checked.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { componentPages, type Page } from "./componentPages";
import { componentNames, componentSource, pageName } from "./componentSources";
import { root } from "./documents";
import { diagnosticsOf } from "./typeCheck";

describe("docs/components", function () {
  this.timeout(60_000); // the compiler reads the types of every provider
  let pages: Page[];
  before(async () => {
    pages = await componentPages();
  });

  it("has one page for every component", () => {
    assert.deepEqual(
      fs.readdirSync(path.join(root, "docs/components")).sort(),
      componentNames.map((name) => `${pageName(name)}.md`).sort(),
    );
  });

  it("is current: `npm run docs` writes it", () => {
    for (const { file, text } of pages) {
      if (process.env.UPDATE_GOLDEN) fs.writeFileSync(path.join(root, file), text);
      assert.equal(text, fs.readFileSync(path.join(root, file), "utf8"), `${file} differs from the sources; write it with npm run docs.`);
    }
  });

  it("is written without a warning: every argument has a description, a default if it is optional, and a unit if it is a number", () => {
    assert.deepEqual(
      pages.flatMap(({ warnings }) => warnings),
      [],
    );
  });

  it("has examples that type-check, given the values that they name", () => {
    const blocks = componentNames.map((name) => {
      const { file, example } = componentSource(name);
      return { file, line: 0, text: [...imports, ...given.filter((line) => !made(example.code, line)), example.code].join("\n") };
    });
    assert.deepEqual(diagnosticsOf(blocks), []);
  });
});

const imports = [
  `import type { ProviderResource, Output } from "@pulumi/pulumi";`,
  `import { EfaGpuNodeGroup, InferenceIngress, LustreModelStore, StoreDeploymentType, VllmLeaderWorkerSet } from "vllm-eks";`,
];
const names = [
  "clusterName",
  "clusterSecurityGroupId",
  "vpcId",
  "subnetId",
  "namespace",
  "image",
  "apiKeySecretName",
  "targetSecurityGroupId",
];
const given = [
  `declare const ${names.map((name) => `${name}: Output<string>`).join(", ")};`,
  "declare const subnetIds: Output<string>[], availabilityZone: string;",
  "declare const awsProvider: ProviderResource, kubernetesProvider: ProviderResource;",
  "declare const store: LustreModelStore;",
  "declare const nodes: EfaGpuNodeGroup, engine: VllmLeaderWorkerSet, lwsRelease: { name: Output<string> };",
];

/** An example that declares a name itself does not get it declared for it. */
function made(code: string, declaration: string): boolean {
  const variable = /^const (\w+)/.exec(code)?.[1];
  return variable !== undefined && declaration.startsWith(`declare const ${variable}:`);
}

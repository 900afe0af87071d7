// Proves that docs/components says of every argument and output what the sources say, that these leave nothing out, and that the examples in the
// sources are programs. The hand-written reasons beside the markers are checked for their links alone.
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

  it("is current: `npm run docs` writes it anew", () => {
    for (const { file, text } of pages) {
      if (process.env.UPDATE_GOLDEN) fs.writeFileSync(path.join(root, file), text);
      assert.equal(text, fs.readFileSync(path.join(root, file), "utf8"), `${file} has drifted; write it with npm run docs.`);
    }
  });

  it("is made without a warning: every argument has a description, a default where it may be left out, and a unit where it is a number", () => {
    assert.deepEqual(
      pages.flatMap(({ warnings }) => warnings),
      [],
    );
  });

  it("shows examples that type-check, given the values that they name", () => {
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

/** An example that makes a thing itself is not given one. */
function made(code: string, declaration: string): boolean {
  const variable = /^const (\w+)/.exec(code)?.[1];
  return variable !== undefined && declaration.startsWith(`declare const ${variable}:`);
}

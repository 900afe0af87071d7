/** The schema of the package, as Pulumi's analyzer reads it from the sources and as other languages see it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import { foreignSchema, type NamedSchema } from "../../plugin/foreignNames";

export const root = path.dirname(path.dirname(__dirname));
export const packageJson = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Record<string, unknown>;
export const packageName = "vllm-eks";

export type AnyPackageSchema = NamedSchema & ReturnType<typeof generateSchema>;

/** The schema with the names of the sources, without the version, which every release changes. */
export function ownSchema(componentNames: readonly string[]): AnyPackageSchema {
  const analyzer = new Analyzer(root, packageName, packageJson, new Set(componentNames));
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  return generateSchema(
    packageName,
    "0.0.0",
    String(packageJson.description),
    components,
    typeDefinitions,
    dependencies,
  ) as AnyPackageSchema;
}

/** The schema as `pulumi package get-schema` prints it. */
export const packageSchema = (componentNames: readonly string[]): AnyPackageSchema => foreignSchema(ownSchema(componentNames));

/** Turns the examples in the sources of the components into whole programs, by declaring the values that they use. */
import { componentSource, type ComponentName } from "./componentSources";
import type { Program } from "./typeCheck";

/** The example in the comment of a component, with declarations of the values that it uses. */
export function componentExample(name: ComponentName): Program {
  const { file, example } = componentSource(name);
  return { file, line: 0, text: [...imports, ...given.filter((line) => !made(example.code, line)), example.code].join("\n") };
}

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

/** A value that the example creates itself is not declared. */
function made(code: string, declaration: string): boolean {
  const variable = /^const (\w+)/.exec(code)?.[1];
  return variable !== undefined && declaration.startsWith(`declare const ${variable}:`);
}

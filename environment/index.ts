/**
 * From a configuration to the environment that all other code acts on. Pure: it uses no files, no Pulumi and no clock.
 *
 *     configSchema ── text, oneOf, integer, … (valueSchema, textForms)
 *       │  derived: Settings and EnvironmentConfiguration (settingTypes), the form check (jsonSchema, formCheck),
 *       │  and by `npm run docs` the table, Pulumi.yaml and the schema for editors
 *       ▼
 *     readSettings          values → Settings: form checked, defaults filled in
 *       ▼
 *     resolveEnvironment    Settings → Environment, or every problem at once
 *       │  by topic: modelSettings, modelFit, engineSettings, awsSettings (zones, networkSettings, subnets, awsChecks,
 *       │  awsForm, awsIdentityRules), placeholders, stackName, namespaces
 *       ▼
 *     timeouts, cost        what follows from an Environment
 *
 * To add a setting, write it into configSchema.ts and read it where it is used.
 */

// What can be configured.
export { configNamespace, configSchema, platformParts } from "./configSchema";
export { schemaAt } from "./schemaPath";
export type { EnvironmentConfiguration, PlatformPart, SecretKey, Settings } from "./settingTypes";
export type { ValueSchema } from "./valueSchema";

// Secrets: which keys they are, and the placeholder for their values.
export { isSecret, secretKeys, secretPlaceholder } from "./secrets";

// From values to an environment.
export type { ConfigurationInput } from "./configurationInput";
export { checkForm } from "./formCheck";
export { resolveEnvironment, type KnownNumbers, type ResolvedEnvironment } from "./resolveEnvironment";

// An environment and its names.
export {
  environmentTag,
  systemNodeCount,
  systemNodeVolumeGiB,
  type AwsConfiguration,
  type AwsEnvironment,
  type ClusterEnvironment,
  type Environment,
  type EnvironmentModel,
  type NetworkEnvironment,
} from "./environment";
export { clusterNameOf, namespaceOf } from "./stackName";

// What follows from it: timeouts, costs, subnets, and the principals that call AWS and the cluster.
export { downloadTimeOf, loadTimeOf, readRateOf, servingTimeoutsOf, timeoutsOf } from "./timeouts";
export { hourlyCostOf, natGatewayCount } from "./cost";
export { subnetCidrs, subnetSpecs } from "./subnets";
export { assumedRoles, awsConfiguration } from "./awsConfiguration";
export { awsIdentityOf, type AwsIdentity } from "./awsIdentity";
export { tokenCommand, type TokenCommand } from "./tokenCommand";
export { tokenKubeconfig, type TokenKubeconfig } from "./tokenKubeconfig";

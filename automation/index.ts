/** `vllm-eks/automation`: deploys environments from your program through Pulumi's Automation API. */
export { automate, automateInThisProcess } from "./automate";
export { AutomationError, automationCauses, type AutomationCause, type AutomationFailure } from "./automationError";
export type { EnvironmentConfiguration } from "../environment/settingTypes";
export type {
  AutomatedStack,
  AutomationOptions,
  DeployResult,
  DestroyOptions,
  OperationOptions,
  OperationResult,
  PluginRequest,
  PulumiRequest,
} from "./options";
export { phases, type Phase } from "./phases";
export { atMost, type Pool } from "./pool";
export { progressOf, type ExpectedResource, type Operation, type Progress, type ExpectedProgress, type RunningResource } from "./progress";
export { pluginsOfPackage } from "./plugins";

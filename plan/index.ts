/** `vllm-eks/plan`: plans the built-in environments, or your own program. */
export { dryRun, type DryRun, type DryRunOptions } from "./dryRun";
export { planConfiguration, planStack, type Plan } from "./planner";
export type { PlanDocument } from "./document";
export type { PlannedResource } from "./plannedResources";
export { record, type Recording, type RecordingOptions } from "./recordingMonitor";
export type { RecordedResource } from "./recordedResource";
export { simulatedAccount, type SimulatedAccount } from "./simulatedAccount";
export type { SimulatedResource } from "./simulatedOutputs";
export { manifests, writeManifests, type Manifest } from "./manifests";
export { fit, type FitRequest } from "./fit";
export type { FitDocument } from "./fitDocument";

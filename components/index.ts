/** The public surface of the package: four components, what their arguments are made of, and the one error they throw. */
export { EfaGpuNodeGroup, type EfaGpuNodeGroupArgs, type NodeGroupTimeoutArgs } from "./efaGpuNodeGroup/efaGpuNodeGroup";
export { CapacityType, type CapacityArgs } from "./efaGpuNodeGroup/capacity";
export { LustreModelStore, type LustreModelStoreArgs } from "./lustreModelStore/lustreModelStore";
export { StoreDeploymentType } from "./lustreModelStore/storeDeploymentType";
export { VllmLeaderWorkerSet, type VllmLeaderWorkerSetArgs } from "./vllmLeaderWorkerSet/vllmLeaderWorkerSet";
export type { VllmEngineArgs } from "./vllmLeaderWorkerSet/engineArguments";
export type { FitSummary } from "./vllmLeaderWorkerSet/resolveServing";
export { InferenceIngress, type InferenceIngressArgs, type IngressTimeouts } from "./inferenceIngress/inferenceIngress";
export { IngressMode, IngressScheme } from "./inferenceIngress/exposure";
export { ConfigurationError } from "./problems";
export type { Change, Problem, ProblemCode, Severity } from "../sizing/problem";

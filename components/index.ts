/** The public surface of the package: four components, the types of their arguments, and the error that they throw. */
export { EfaGpuNodeGroup, type EfaGpuNodeGroupArgs } from "./efaGpuNodeGroup/efaGpuNodeGroup";
export type { EfaGpuNodeGroupOptions } from "./efaGpuNodeGroup/nodeGroupProblems";
export type { EfaGpuNodeGroupNodes } from "./efaGpuNodeGroup/nodes";
export { CapacityType, type CapacityArgs } from "./efaGpuNodeGroup/capacity";
export { LustreModelStore, type LustreModelStoreArgs } from "./lustreModelStore/lustreModelStore";
export { StoreDeploymentType, type LustreModelStoreOptions } from "./lustreModelStore/storeProblems";
export type { LustreModelStoreNodes } from "./lustreModelStore/nodes";
export { VllmLeaderWorkerSet, type VllmLeaderWorkerSetArgs } from "./vllmLeaderWorkerSet/vllmLeaderWorkerSet";
export type { VllmLeaderWorkerSetOptions } from "./vllmLeaderWorkerSet/servingProblems";
export type { VllmLeaderWorkerSetNodes } from "./vllmLeaderWorkerSet/nodes";
export type { VllmEngineArgs } from "./vllmLeaderWorkerSet/engineArguments";
export type { FitSummary } from "./vllmLeaderWorkerSet/resolveServing";
export { InferenceIngress, type InferenceIngressArgs } from "./inferenceIngress/inferenceIngress";
export type { InferenceIngressNodes } from "./inferenceIngress/nodes";
export { IngressMode, IngressScheme, type InferenceIngressOptions } from "./inferenceIngress/exposure";
export type { ResourceTimeouts } from "./resourceTimeouts";
export { ConfigurationError } from "./problems";
export type { Change, Problem, ProblemCode, Severity } from "../sizing/problem";

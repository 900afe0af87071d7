/** Finds the protected resources in a stack's state. Pulumi itself notices each one only after it has deleted everything else. */
import { nameOf } from "./phases";

/** A resource in an exported state: the fields that this file reads. */
export interface StateResource {
  urn: string;
  type: string;
  custom?: boolean;
  parent?: string;
  protect?: boolean;
  /** Already replaced, but not yet deleted. */
  delete?: boolean;
  outputs?: Record<string, unknown>;
}

/** The resources of an exported state; a new stack has none. */
export const stateResources = (exported: { deployment: unknown }): StateResource[] =>
  (exported.deployment as { resources?: StateResource[] } | null | undefined)?.resources ?? [];

/** Names of the resources that Pulumi's `protect` or EKS's `deletionProtection` keeps from being deleted. */
export function protectedResources(resources: readonly StateResource[]): string[] {
  return resources.filter(isProtected).map(({ urn }) => nameOf(urn));
}

const isProtected = ({ type, protect, outputs }: StateResource) =>
  protect === true || (type === "aws:eks/cluster:Cluster" && outputs?.deletionProtection === true);

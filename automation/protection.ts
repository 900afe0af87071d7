/** What in a stack's state may not be deleted. Pulumi itself finds out when its turn comes, and has deleted everything else by then. */
import { nameOf } from "./phases";

/** A resource as a state says it, as far as this file reads. */
export interface StateResource {
  urn: string;
  type: string;
  custom?: boolean;
  parent?: string;
  protect?: boolean;
  /** Replaced already, and not yet deleted. */
  delete?: boolean;
  outputs?: Record<string, unknown>;
}

/** The resources of an exported state; none in a new stack. */
export const stateResources = (exported: { deployment: unknown }): StateResource[] =>
  (exported.deployment as { resources?: StateResource[] } | null | undefined)?.resources ?? [];

/** Names of what refuses to be deleted: by Pulumi's `protect`, or by EKS as `deletionProtection`. */
export function protectedResources(resources: readonly StateResource[]): string[] {
  return resources.filter(isProtected).map(({ urn }) => nameOf(urn));
}

const isProtected = ({ type, protect, outputs }: StateResource) =>
  protect === true || (type === "aws:eks/cluster:Cluster" && outputs?.deletionProtection === true);

/** What the lane must know about the stack before it exists, taken from its plan. */
import type { PlanDocument } from "../../plan/document";

export interface Deployment {
  stack: string;
  region: string;
  availabilityZone: string;
  cluster: string;
  namespace: string;
  model: string;
  instanceType: string;
  nodeCount: number;
  usdPerHour: number;
  quota: { code: string; vcpus: number };
  apiKey: string;
}

/** Names of objects that the program registers. */
export function plannedNames({ resources }: PlanDocument): { cluster: string; namespace: string } {
  const inputs = (type: string) => {
    const found = resources?.find((resource) => resource.type === type);
    if (!found) throw new Error(`The plan has no ${type}.`);
    return found.inputs as { name?: string; metadata?: { name?: string } };
  };
  return {
    cluster: inputs("eks:index:Cluster").name ?? "",
    namespace: inputs("kubernetes:core/v1:Namespace").metadata?.name ?? "",
  };
}

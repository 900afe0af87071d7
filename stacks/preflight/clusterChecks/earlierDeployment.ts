/** Whether this stack was deployed on the cluster before: what it installs is then found there, and is its own. */
import type { Environment } from "../../environmentTypes";
import type { ClusterApi } from "../clusterApi";

/** By the stack's namespace (stacks/namespace.ts): it waits for nothing but the cluster, and goes last. */
export async function isEarlierDeployment(cluster: ClusterApi | undefined, { name }: Environment): Promise<boolean> {
  return (await cluster?.get(`/api/v1/namespaces/vllm-${name}`)) !== undefined;
}

/** What both programs of the benchmark use: `dev`, resolved, on an existing cluster and network. */
import { readConfiguration } from "../../../plan/configuration";
import { resolveEnvironment, type Environment } from "../../../stacks";
import { adoptedCluster } from "../support/adoptedCluster";
import { repository } from "../support/tools";

export interface SharedCluster {
  environment: Environment;
  cluster: { name: string; securityGroupId: string; provider: { kubeconfig: string; clusterIdentifier: string } };
  namespace: { name: string; apiKeySecretName: string };
}

export function sharedCluster(): SharedCluster {
  const kubeconfig = "{}"; // the simulated provider needs none
  const settings = Object.entries(adoptedCluster(kubeconfig)).map(([key, value]) => `${key}=${value}`);
  const today = new Date().toISOString().slice(0, 10);
  const configuration = readConfiguration({ directory: repository, stack: "dev", settings });
  const { environment, problems } = resolveEnvironment({ ...configuration, stack: "dev", today });
  if (!environment) throw new Error(problems.map(({ message }) => message).join("\n"));
  return {
    environment,
    cluster: { name: "shared", securityGroupId: "sg-0123456789abcdef0", provider: { kubeconfig, clusterIdentifier: "shared" } },
    namespace: { name: "vllm-dev", apiKeySecretName: "api-key" },
  };
}

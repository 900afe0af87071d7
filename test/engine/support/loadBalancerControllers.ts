/** The load balancer controller's pods on the test cluster: scaled to zero, the controller is dead and its finalizers hold. */
import assert from "node:assert/strict";
import { engineRun } from "./engineRun";
import { eventually } from "./eventually";

const kind = "apps/v1/Deployment";
const namespace = "kube-system";

export async function scaleLoadBalancerControllers(replicas: 0 | 2): Promise<void> {
  const { api } = engineRun();
  const [deployment = assert.fail("There is no load balancer controller.")] = (await api.list(kind, namespace)).filter(({ metadata }) =>
    metadata.name.startsWith("aws-load-balancer-controller"),
  );
  await api.patch(kind, deployment.metadata.name, namespace, { spec: { replicas } });
  await eventually(`${replicas} load balancer controllers`, 30, async () => {
    const { status } = await api.get(kind, deployment.metadata.name, namespace);
    return ((status.readyReplicas ?? 0) as number) === replicas;
  });
}

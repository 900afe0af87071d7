/**
 * Stand-in for the AWS Load Balancer Controller: it lives while its Deployment has a ready pod, puts finalizers on the objects that it
 * serves, registers pods as targets, and makes a load balancer for an Ingress, where its role lets it. It has no webhook: no readiness
 * gates and no refusals. Names after https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/v3.5.0.
 */
import { simulatedAccount } from "../../../plan/simulatedAccount";
import type { KubernetesApi, KubernetesObject } from "../support/kubernetesApi";
import type { Cloud, CloudObject } from "./cloud";

const bindingKind = "elbv2.k8s.aws/v1beta1/TargetGroupBinding";
const ingressKind = "networking.k8s.io/v1/Ingress";
const bindingFinalizer = "elbv2.k8s.aws/resources";
const ingressFinalizer = "ingress.k8s.aws/resources";
const annotation = "alb.ingress.kubernetes.io/";

export function loadBalancerController(api: KubernetesApi, cloud: Cloud) {
  const objects = (type: string) => [...cloud.objects.values()].filter((object) => object.type.startsWith(`aws:${type}:`));

  /** In a cluster of this account; the stand-in chart writes its values down. */
  async function alive(): Promise<boolean> {
    const clusters = objects("eks/cluster").map(({ state }) => state.name);
    if (clusters.length === 0) return false;
    return (await api.list("apps/v1/Deployment", "kube-system")).some(({ metadata, status }) => {
      const values = JSON.parse(metadata.annotations?.values ?? "{}") as { clusterName?: string };
      return metadata.name.startsWith("aws-load-balancer-controller") && clusters.includes(values.clusterName) && status?.readyReplicas > 0;
    });
  }

  const held = (kind: string, { metadata }: KubernetesObject, finalizers: string[]) =>
    api.patch(kind, metadata.name, metadata.namespace, { metadata: { finalizers } });
  const leaving = ({ metadata }: KubernetesObject) => metadata.deletionTimestamp !== undefined;
  const holds = ({ metadata }: KubernetesObject, finalizer: string) => ((metadata.finalizers ?? []) as string[]).includes(finalizer);

  async function bind(binding: KubernetesObject): Promise<void> {
    const { targetGroupARN, serviceRef } = binding.spec as { targetGroupARN: string; serviceRef: { name: string } };
    if (!cloud.objects.has(targetGroupARN)) return;
    if (leaving(binding)) {
      cloud.targets.delete(targetGroupARN);
      if (holds(binding, bindingFinalizer)) await held(bindingKind, binding, []);
      return;
    }
    if (!holds(binding, bindingFinalizer)) await held(bindingKind, binding, [bindingFinalizer]);
    cloud.targets.set(targetGroupARN, await readyAddresses(binding.metadata.namespace!, serviceRef.name));
  }

  async function readyAddresses(namespace: string, service: string): Promise<string[]> {
    const slices = (await api.list("discovery.k8s.io/v1/EndpointSlice", namespace)).filter(
      ({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service,
    );
    const endpoints = slices.flatMap((slice) => (slice.endpoints ?? []) as { addresses: string[]; conditions: { ready?: boolean } }[]);
    return endpoints.filter(({ conditions }) => conditions.ready).flatMap(({ addresses }) => addresses);
  }

  async function serve(ingress: KubernetesObject): Promise<void> {
    const name = `k8s-${ingress.metadata.namespace}-${ingress.metadata.uid!.slice(0, 8)}`;
    const own = [...cloud.objects.values()].filter((object) => object.name === name);
    if (leaving(ingress)) {
      // Delete the load balancer first: it uses its security group.
      for (const { id } of own.sort((a, b) => b.type.localeCompare(a.type))) cloud.objects.delete(id);
      if (holds(ingress, ingressFinalizer)) await held(ingressKind, ingress, []);
      return;
    }
    if (!mayCreateLoadBalancers()) return;
    if (!holds(ingress, ingressFinalizer)) await held(ingressKind, ingress, [ingressFinalizer]);
    if (own.length > 0) return;
    const subnets = (ingress.metadata.annotations?.[`${annotation}subnets`] ?? "").split(",");
    const group = put("aws:ec2/securityGroup:SecurityGroup", name, { vpcId: cloud.objects.get(subnets[0]!)?.inputs.vpcId });
    const balancer = put("aws:lb/loadBalancer:LoadBalancer", name, { subnets, securityGroups: [group.id] });
    const hostname = balancer.state.dnsName;
    await api.patch(
      ...([ingressKind, ingress.metadata.name, ingress.metadata.namespace] as const),
      { status: { loadBalancer: { ingress: [{ hostname }] } } },
      "/status",
    );
  }

  /** What a controller creates is not a resource of any stack: only the account knows it. */
  function put(type: string, name: string, inputs: Record<string, unknown>): CloudObject {
    const { id, state } = simulatedAccount().create(type, name, inputs, false);
    const object = { id: String(id), type, name, inputs, state: { ...inputs, ...state } };
    cloud.objects.set(object.id, object);
    return object;
  }

  const mayCreateLoadBalancers = () =>
    objects("iam/rolePolicy").some(
      ({ name, inputs }) =>
        name === "load-balancer-controller" && String(inputs.policy).includes('"elasticloadbalancing:CreateLoadBalancer"'),
    );

  async function work(): Promise<void> {
    if (!(await alive())) return;
    for (const binding of await api.list(bindingKind)) await bind(binding);
    for (const ingress of (await api.list(ingressKind)).filter(({ spec }) => spec.ingressClassName === "alb")) await serve(ingress);
  }

  /** If the API server does not answer, or an object has changed meanwhile, the next round tries again. */
  async function forEver(): Promise<never> {
    for (;;) {
      await work().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  return { forEver };
}

/** The parts of a stack that the internet can reach. */
import { listAt, valueAt, type CheckedResource } from "./checkedResource";

/** Prefix of the AWS Load Balancer Controller's annotations on an Ingress. */
const annotation = "alb.ingress.kubernetes.io/";

export interface PublicEndpoint {
  resource: CheckedResource;
  /** The setting that makes it public. */
  path: string;
  value: unknown;
}

/** AWS makes a load balancer internet-facing by default; its controller makes it internal by default. */
export function findPublicEndpoints(resources: readonly CheckedResource[]): PublicEndpoint[] {
  return resources.flatMap((resource): PublicEndpoint[] => {
    if (isLoadBalancer(resource)) {
      const { internal } = resource.inputs;
      return internal === undefined || internal === false || internal === "false" ? [{ resource, path: "internal", value: internal }] : [];
    }
    const scheme = ingressAnnotation(resource, "scheme");
    return scheme === "internet-facing" ? [{ resource, path: annotationPath("scheme"), value: scheme }] : [];
  });
}

export const isLoadBalancer = ({ type }: CheckedResource): boolean =>
  type === "aws:lb/loadBalancer:LoadBalancer" || type === "aws:alb/loadBalancer:LoadBalancer";

export const ingressAnnotation = (resource: CheckedResource, name: string): unknown =>
  resource.type === "kubernetes:networking.k8s.io/v1:Ingress"
    ? valueAt(resource.inputs, "metadata", "annotations", `${annotation}${name}`)
    : undefined;

export const annotationPath = (name: string): string => `metadata.annotations["${annotation}${name}"]`;

/** A listener names its load balancer by an ARN that is unknown before the update; its dependencies are always known. */
export const listenersOf = ({ urn }: CheckedResource, resources: readonly CheckedResource[]): CheckedResource[] =>
  resources.filter(({ type, dependsOn }) => /^aws:a?lb\/listener:Listener$/.test(type) && dependsOn.includes(urn));

/** Whether the listener only sends clients to HTTPS. */
export const onlyRedirects = ({ inputs }: CheckedResource): boolean => {
  const actions = listAt(inputs, "defaultActions");
  return actions.length > 0 && actions.every((action) => valueAt(action, "redirect", "protocol") === "HTTPS");
};

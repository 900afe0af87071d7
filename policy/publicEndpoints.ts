/** What in a stack is reachable from the internet. */
import { listAt, valueAt, type CheckedResource } from "./checkedResource";

/** Of the AWS Load Balancer Controller, on an Ingress. */
const annotation = "alb.ingress.kubernetes.io/";

export interface PublicEndpoint {
  resource: CheckedResource;
  /** Setting by which it is public. */
  path: string;
  value: unknown;
}

/** AWS makes a load balancer internet-facing unless told otherwise; its controller makes an internal one. */
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

/** A listener names its load balancer by an ARN that nobody knows before the update; what it depends on is known always. */
export const listenersOf = ({ urn }: CheckedResource, resources: readonly CheckedResource[]): CheckedResource[] =>
  resources.filter(({ type, dependsOn }) => /^aws:a?lb\/listener:Listener$/.test(type) && dependsOn.includes(urn));

/** Only sends the client to HTTPS. */
export const onlyRedirects = ({ inputs }: CheckedResource): boolean => {
  const actions = listAt(inputs, "defaultActions");
  return actions.length > 0 && actions.every((action) => valueAt(action, "redirect", "protocol") === "HTTPS");
};

/** The parts of a stack that the internet can reach. */
import { listAt, valueAt, type CheckedResource } from "./checkedResource";
import { isKubernetesObject } from "./podSpecs";

/** Prefix of the AWS Load Balancer Controller's annotations on an Ingress. */
const annotation = "alb.ingress.kubernetes.io/";
/** Prefix of the annotations on a Service of type LoadBalancer. */
const serviceAnnotation = "service.beta.kubernetes.io/aws-load-balancer-";

export type EndpointKind = "loadBalancer" | "classic" | "ingress" | "service" | "parameters";

export interface PublicEndpoint {
  kind: EndpointKind;
  resource: CheckedResource;
  /** The setting that makes it public. */
  path: string;
  value: unknown;
  /** The Kubernetes object, which may be an item of a list; its path in the resource. */
  object: Record<string, unknown>;
  at: string;
}

export function findPublicEndpoints(resources: readonly CheckedResource[]): PublicEndpoint[] {
  return resources.flatMap((resource) => {
    const kind = kindOfLoadBalancer(resource.type);
    if (kind !== undefined) return findPublicLoadBalancer(kind, resource);
    return isKubernetesObject(resource) ? findPublicObjects(resource) : [];
  });
}

/** The AWS provider keeps older names of both kinds. */
function kindOfLoadBalancer(type: string): "loadBalancer" | "classic" | undefined {
  if (/^aws:(lb|alb|elasticloadbalancingv2)\/loadBalancer:LoadBalancer$/.test(type)) return "loadBalancer";
  return /^aws:(elb|elasticloadbalancing)\/loadBalancer:LoadBalancer$/.test(type) ? "classic" : undefined;
}

/** AWS makes a load balancer internet-facing by default; its controller makes it internal by default. */
function findPublicLoadBalancer(kind: "loadBalancer" | "classic", resource: CheckedResource): PublicEndpoint[] {
  const { internal } = resource.inputs;
  const isPublic = internal === undefined || internal === false || internal === "false";
  return isPublic ? [{ kind, resource, path: "internal", value: internal, object: resource.inputs, at: "" }] : [];
}

/** The object itself, a patch of it, or the items of a list. */
function findPublicObjects(resource: CheckedResource): PublicEndpoint[] {
  const { type, inputs } = resource;
  const isList = /List$/.test(type);
  const kindOfAll =
    type
      .split(":")
      .at(-1)
      ?.replace(/(List|Patch)$/, "") ?? "";
  const items = isList
    ? listAt(inputs, "items").map((item, index) => ({ item, at: `items[${index}].` }))
    : [{ item: inputs as unknown, at: "" }];
  return items.flatMap(({ item, at }) => {
    if (typeof item !== "object" || item === null) return [];
    const object = item as Record<string, unknown>;
    const kind = isList && typeof object.kind === "string" ? object.kind : kindOfAll;
    const found = publicSettingOf(kind, object);
    return found ? [{ ...found, resource, path: `${at}${found.path}`, object, at }] : [];
  });
}

function publicSettingOf(kind: string, object: Record<string, unknown>): Pick<PublicEndpoint, "kind" | "path" | "value"> | undefined {
  if (kind === "Ingress") {
    const value = annotationOf(object, `${annotation}scheme`);
    return value === "internet-facing" ? { kind: "ingress", path: annotationPath("scheme"), value } : undefined;
  }
  if (kind === "Service") return publicServiceOf(object);
  // An IngressClass names these parameters, and their scheme wins over the annotation.
  if (/^(IngressClassParams|LoadBalancerConfiguration)$/.test(kind)) {
    const value = valueAt(object, "spec", "scheme");
    return value === "internet-facing" ? { kind: "parameters", path: "spec.scheme", value } : undefined;
  }
  return undefined;
}

/** Without a scheme, the controller of the cluster decides; the one inside Kubernetes makes a public classic load balancer. */
function publicServiceOf(object: Record<string, unknown>): Pick<PublicEndpoint, "kind" | "path" | "value"> | undefined {
  if (valueAt(object, "spec", "type") !== "LoadBalancer") return undefined;
  const scheme = annotationOf(object, `${serviceAnnotation}scheme`);
  const internal = annotationOf(object, `${serviceAnnotation}internal`);
  if (scheme === "internal" || (scheme === undefined && /^(true|0\.0\.0\.0\/0)$/.test(String(internal)))) return undefined;
  return { kind: "service", path: serviceAnnotationPath("scheme"), value: scheme };
}

export const annotationOf = (object: unknown, name: string): unknown => valueAt(object, "metadata", "annotations", name);

export const ingressAnnotationOf = (object: unknown, name: string): unknown => annotationOf(object, `${annotation}${name}`);

export const serviceAnnotationOf = (object: unknown, name: string): unknown => annotationOf(object, `${serviceAnnotation}${name}`);

export const annotationPath = (name: string): string => `metadata.annotations["${annotation}${name}"]`;

export const serviceAnnotationPath = (name: string): string => `metadata.annotations["${serviceAnnotation}${name}"]`;

/** A listener names its load balancer by an ARN that is unknown before the update; its dependencies are always known. */
export const listenersOf = ({ urn }: CheckedResource, resources: readonly CheckedResource[]): CheckedResource[] =>
  resources.filter(
    ({ type, dependsOn }) => /^aws:(lb|alb|elasticloadbalancingv2)\/listener:Listener$/.test(type) && dependsOn.includes(urn),
  );

/** Whether the listener only sends clients to HTTPS. */
export const onlyRedirects = ({ inputs }: CheckedResource): boolean => {
  const actions = listAt(inputs, "defaultActions");
  return actions.length > 0 && actions.every((action) => valueAt(action, "redirect", "protocol") === "HTTPS");
};

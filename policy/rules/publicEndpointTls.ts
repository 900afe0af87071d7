/** An endpoint that the internet can reach does not serve plain HTTP, or old TLS. */
import { isUnknown, listAt, valueAt, type CheckedResource } from "../checkedResource";
import {
  annotationPath,
  findPublicEndpoints,
  ingressAnnotationOf,
  listenersOf,
  onlyRedirects,
  serviceAnnotationOf,
  serviceAnnotationPath,
  type PublicEndpoint,
} from "../publicEndpoints";
import { stackRule, type Finding } from "../rule";

const encryptedProtocols = ["HTTPS", "TLS"];

export const publicEndpointTls = stackRule(
  {
    name: "public-endpoint-tls",
    description:
      "An internet-facing load balancer has a listener with a certificate and TLS 1.2 or later, and its plain HTTP " +
      "listener only redirects: " +
      "otherwise prompts, answers and the API key travel unencrypted, or in a way that can be broken.",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
    settings: {},
  },
  (resources) =>
    findPublicEndpoints(resources).flatMap((endpoint) => {
      if (endpoint.kind === "loadBalancer") return checkLoadBalancer(endpoint, resources);
      if (endpoint.kind === "ingress") return checkIngress(endpoint);
      return endpoint.kind === "parameters" ? checkParameters(endpoint) : refuseClassic(endpoint);
    }),
);

function checkLoadBalancer({ resource, path, value }: PublicEndpoint, resources: readonly CheckedResource[]): Finding[] {
  const listeners = listenersOf(resource, resources);
  const encrypted = listeners.filter(({ inputs }) => isUnknown(inputs.protocol) || encryptedProtocols.includes(String(inputs.protocol)));
  const plain = listeners.filter((listener) => !encrypted.includes(listener) && !onlyRedirects(listener));
  const rule = `an internet-facing load balancer needs a listener for ${encryptedProtocols.join(" or ")}`;
  const fix = "Set ingress.hostname and ingress.hostedZoneId, or ingress.certificateArn, or make the endpoint internal";
  return [
    ...(encrypted.length === 0 ? [{ resource, path, value, rule, fix }] : []),
    ...encrypted.filter(({ inputs }) => inputs.certificateArn === undefined).map(withoutCertificate),
    ...encrypted.flatMap((listener) => checkTlsPolicy(listener, "sslPolicy", listener.inputs.sslPolicy)),
    ...plain.map(plainText),
  ];
}

/**
 * Security policies that refuse TLS 1.1 and older. Without a name, AWS takes ELBSecurityPolicy-2016-08, which accepts TLS 1.0.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
const modernPolicy = /^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)(-|$)/;

function checkTlsPolicy(resource: CheckedResource, path: string, value: unknown): Finding[] {
  if (isUnknown(value) || modernPolicy.test(String(value))) return [];
  const rule = "an internet-facing endpoint must refuse TLS 1.1 and older, and the default policy accepts TLS 1.0";
  return [{ resource, path, value, rule, fix: "Name a policy such as ELBSecurityPolicy-TLS13-1-2-2021-06" }];
}

const withoutCertificate = (resource: CheckedResource): Finding => ({
  ...{ resource, path: "certificateArn", value: undefined, rule: "a TLS listener needs a certificate" },
  fix: "Set certificateArn",
});

const plainText = (resource: CheckedResource): Finding => ({
  ...{ resource, path: "protocol", value: resource.inputs.protocol },
  rule: "a listener of an internet-facing load balancer must be encrypted or only redirect to HTTPS",
  fix: "Give it a certificate, or a redirect as its only action",
});

/** The controller's settings: ports as JSON, a certificate, and a redirect for the plain port. */
function checkIngress({ resource, object, at }: PublicEndpoint): Finding[] {
  const ports = ingressAnnotationOf(object, "listen-ports");
  const hasPlainPort = typeof ports !== "string" || /"HTTP"/.test(ports);
  const required = ["certificate-arn", ...(hasPlainPort ? ["ssl-redirect"] : [])];
  const missing = required.filter((name) => ingressAnnotationOf(object, name) === undefined);
  const rule = "an internet-facing Ingress must be encrypted and redirect plain HTTP";
  return [
    ...missing.map((name) => ({
      ...{ resource, path: `${at}${annotationPath(name)}`, value: undefined, rule },
      fix: "Set ingress.certificateArn, or make the endpoint internal",
    })),
    ...(missing.includes("certificate-arn")
      ? []
      : checkTlsPolicy(resource, `${at}${annotationPath("ssl-policy")}`, ingressAnnotationOf(object, "ssl-policy"))),
  ];
}

/**
 * Every Ingress of the class is public with them, so they must also encrypt it, and redirect the plain port that an Ingress may add.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/
 */
function checkParameters({ resource, object, at }: PublicEndpoint): Finding[] {
  const listeners = listAt(object, "spec", "listenerConfigurations");
  const certificates = [valueAt(object, "spec", "certificateArn"), ...listeners.map(certificateOf)];
  const rule = "parameters that make endpoints internet-facing must name their certificate";
  if (certificates.every((each) => each === undefined || (Array.isArray(each) && each.length === 0)))
    return [{ resource, path: `${at}spec.certificateArn`, value: undefined, rule, fix: "Set certificateArn, or the scheme internal" }];
  if (listeners.length > 0) return checkGatewayListeners(resource, `${at}spec.listenerConfigurations`, listeners);
  return [
    ...checkTlsPolicy(resource, `${at}spec.sslPolicy`, valueAt(object, "spec", "sslPolicy")),
    ...(valueAt(object, "spec", "sslRedirectPort") === undefined ? [withoutRedirect(resource, `${at}spec.sslRedirectPort`)] : []),
  ];
}

const withoutRedirect = (resource: CheckedResource, path: string): Finding => ({
  ...{ resource, path, value: undefined },
  rule: "parameters that make endpoints internet-facing must redirect plain HTTP, which an Ingress may add by its listen-ports",
  fix: "Set sslRedirectPort to the HTTPS port",
});

/** A Gateway's configuration has one entry for each listener, as PROTOCOL:PORT. */
const checkGatewayListeners = (resource: CheckedResource, at: string, listeners: unknown[]): Finding[] =>
  listeners.flatMap((listener, index) =>
    /^(HTTP|TCP|UDP):/.test(String(valueAt(listener, "protocolPort")))
      ? []
      : checkTlsPolicy(resource, `${at}[${index}].sslPolicy`, valueAt(listener, "sslPolicy")),
  );

const certificateOf = (listener: unknown): unknown => valueAt(listener, "defaultCertificate") ?? valueAt(listener, "certificates");

/** Their TLS settings are elsewhere: a classic load balancer's in separate resources, a Service's with the controller of the cluster. */
function refuseClassic({ resource, path, value, kind, object, at }: PublicEndpoint): Finding[] {
  const certificate = serviceAnnotationOf(object, "ssl-cert");
  const policy = serviceAnnotationOf(object, "ssl-negotiation-policy");
  if (kind === "service" && certificate !== undefined && (isUnknown(policy) || modernPolicy.test(String(policy))))
    return checkServicePorts(resource, object, at);
  const what = kind === "classic" ? "a classic load balancer" : "a Service without a certificate and a TLS policy";
  const rule = `${what} must not be internet-facing: it accepts plain connections or TLS 1.0 by default`;
  return [{ resource, path, value, rule, fix: "Make it internal, and put an Application Load Balancer in front" }];
}

/** Without the annotation every port is encrypted; with it only the ports that it lists, by number or name. */
function checkServicePorts(resource: CheckedResource, object: Record<string, unknown>, at: string): Finding[] {
  const value = serviceAnnotationOf(object, "ssl-ports");
  if (value === undefined || value === "*" || isUnknown(value)) return [];
  const encrypted = String(value)
    .split(",")
    .map((each) => each.trim());
  const plain = listAt(object, "spec", "ports").filter(
    (port) => ![valueAt(port, "port"), valueAt(port, "name")].some((each) => encrypted.includes(String(each))),
  );
  if (plain.length === 0) return [];
  const numbers = plain.map((port) => String(valueAt(port, "port"))).join(", ");
  const rule = `every port of an internet-facing Service must be encrypted, and ${numbers} is not`;
  return [{ resource, path: `${at}${serviceAnnotationPath("ssl-ports")}`, value, rule, fix: "Remove the annotation, or list every port" }];
}

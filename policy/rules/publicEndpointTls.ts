/** An endpoint that the internet can reach does not serve plain HTTP. */
import { isUnknown, type CheckedResource } from "../checkedResource";
import {
  annotationPath,
  ingressAnnotation,
  isLoadBalancer,
  listenersOf,
  onlyRedirects,
  findPublicEndpoints,
  type PublicEndpoint,
} from "../publicEndpoints";
import { stackRule, type Finding } from "../rule";

const encryptedProtocols = ["HTTPS", "TLS"];

export const publicEndpointTls = stackRule(
  {
    name: "public-endpoint-tls",
    description:
      "An internet-facing load balancer has a listener with a certificate, and its plain HTTP listener only redirects: otherwise " +
      "prompts, answers and the API key travel unencrypted.",
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",
    settings: {},
  },
  (resources) =>
    findPublicEndpoints(resources).flatMap((each) =>
      isLoadBalancer(each.resource) ? checkLoadBalancer(each, resources) : checkIngress(each),
    ),
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
    ...plain.map(plainText),
  ];
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
function checkIngress({ resource }: PublicEndpoint): Finding[] {
  const ports = ingressAnnotation(resource, "listen-ports");
  const hasPlainPort = typeof ports !== "string" || /"HTTP"/.test(ports);
  const required = ["certificate-arn", ...(hasPlainPort ? ["ssl-redirect"] : [])];
  return required
    .filter((name) => ingressAnnotation(resource, name) === undefined)
    .map((name) => ({
      ...{
        resource,
        path: annotationPath(name),
        value: undefined,
        rule: "an internet-facing Ingress must be encrypted and redirect plain HTTP",
      },
      fix: "Set ingress.certificateArn, or make the endpoint internal",
    }));
}

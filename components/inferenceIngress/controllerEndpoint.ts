/** The endpoint that the AWS Load Balancer Controller creates from an annotated Ingress. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as routing from "./routing";
import type { EndpointSettings, EndpointWiring } from "./settings";

interface ControllerEndpoint {
  ingress: k8s.networking.v1.Ingress;
  /** Address that the controller writes into the status. */
  address: pulumi.Output<string>;
}

/** The Ingress is never deleted with the cluster, because its finalizer removes the load balancer. */
export function createControllerEndpoint(
  name: string,
  args: EndpointWiring,
  settings: EndpointSettings,
  inCluster: pulumi.CustomResourceOptions,
): ControllerEndpoint {
  const backend = { service: { name: args.serviceName, port: { number: args.servicePort ?? routing.servingPort } } };
  const rule = { http: { paths: [{ path: routing.servedPrefix, pathType: "Prefix", backend }] } };
  const ingress = new k8s.networking.v1.Ingress(
    `${name}-ingress`,
    {
      metadata: { namespace: args.namespace, annotations: ingressAnnotations(args, settings) },
      spec: {
        ingressClassName: "alb",
        rules: [args.hostname === undefined ? rule : { host: args.hostname, ...rule }],
      },
    },
    { ...inCluster, customTimeouts: { create: "20m", update: "20m", delete: "30m", ...args.timeouts } },
  );
  const address = ingress.status.apply((status) => {
    const first = status?.loadBalancer?.ingress?.[0];
    return first?.hostname ?? first?.ip ?? "";
  });
  return { ingress, address };
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/ */
function ingressAnnotations(args: EndpointWiring, settings: EndpointSettings): Record<string, pulumi.Input<string>> {
  const { healthCheck } = routing;
  const annotations: Record<string, pulumi.Input<string>> = {
    scheme: settings.scheme,
    "target-type": "ip",
    subnets: pulumi.output(args.subnetIds).apply((ids) => ids.join(",")),
    "inbound-cidrs": settings.inboundCidrs.join(","),
    "listen-ports": JSON.stringify(settings.tls ? [{ HTTP: 80 }, { HTTPS: 443 }] : [{ HTTP: 80 }]),
    "healthcheck-path": healthCheck.path,
    "healthcheck-protocol": healthCheck.protocol,
    "healthcheck-port": healthCheck.port,
    "healthcheck-interval-seconds": String(healthCheck.interval),
    "healthcheck-timeout-seconds": String(healthCheck.timeout),
    "healthy-threshold-count": String(healthCheck.healthyThreshold),
    "unhealthy-threshold-count": String(healthCheck.unhealthyThreshold),
    "success-codes": healthCheck.matcher,
    // The controller changes only listed attributes; one that is left out keeps its last value.
    "load-balancer-attributes": wiredAttributes({
      "idle_timeout.timeout_seconds": settings.idleTimeoutSeconds,
      "client_keep_alive.seconds": routing.clientKeepAliveSeconds,
      "routing.http.drop_invalid_header_fields.enabled": true,
      "routing.http.desync_mitigation_mode": routing.desyncMitigationMode,
      "deletion_protection.enabled": settings.protect,
    }),
    "target-group-attributes": wiredAttributes({
      "load_balancing.algorithm.type": routing.balancingAlgorithm,
      "deregistration_delay.timeout_seconds": settings.deregistrationDelaySeconds,
    }),
  };
  if (args.certificateArn !== undefined) {
    Object.assign(annotations, { "certificate-arn": args.certificateArn, "ssl-policy": routing.tlsPolicy, "ssl-redirect": "443" });
  }
  if (args.tags !== undefined) annotations.tags = pulumi.output(args.tags).apply(attributes);
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]));
}

type Attributes = Record<string, string | number | boolean>;

const attributes = (values: Attributes): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

/** Attributes as text; an Output if one of them is an Output. */
function wiredAttributes(values: Record<string, pulumi.Input<string | number | boolean>>): pulumi.Input<string> {
  const isPlain = (all: typeof values): all is Attributes => !Object.values(all).some((value) => pulumi.Output.isInstance(value));
  return isPlain(values) ? attributes(values) : pulumi.output(values).apply(attributes);
}

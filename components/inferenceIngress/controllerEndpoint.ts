/** The endpoint that the AWS Load Balancer Controller makes from an annotated Ingress. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { InferenceIngressArgs } from "./inferenceIngress";
import * as routing from "./routing";
import type { EndpointSettings } from "./settings";

/**
 * The Ingress is never deleted with the cluster: its finalizer is what removes the load balancer.
 * Returns the address that the controller writes into the status.
 */
export function controllerEndpoint(
  name: string,
  args: InferenceIngressArgs,
  settings: EndpointSettings,
  inCluster: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
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
  return ingress.status.apply((status) => {
    const address = status?.loadBalancer?.ingress?.[0];
    return address?.hostname ?? address?.ip ?? "";
  });
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/ */
export function ingressAnnotations(args: InferenceIngressArgs, settings: EndpointSettings): Record<string, pulumi.Input<string>> {
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
    // The controller changes only what is listed: an attribute left out keeps its last value.
    "load-balancer-attributes": attributes({
      "idle_timeout.timeout_seconds": settings.idleTimeoutSeconds,
      "client_keep_alive.seconds": routing.clientKeepAliveSeconds,
      "routing.http.drop_invalid_header_fields.enabled": true,
      "routing.http.desync_mitigation_mode": routing.desyncMitigationMode,
      "deletion_protection.enabled": settings.deletionProtection,
    }),
    "target-group-attributes": attributes({
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

const attributes = (values: Record<string, string | number | boolean>) =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

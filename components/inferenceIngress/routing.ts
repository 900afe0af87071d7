/** What the load balancer listens on, forwards and refuses. Both modes use it. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export { servingPort } from "../vllmLeaderWorkerSet/engineArguments";

/**
 * The only paths that reach the engine. vLLM's API key guards `/v1` but not paths such as `/invocations`, `/tokenize` and `/pause`:
 * https://docs.vllm.ai/en/latest/usage/security.html
 */
export const servedPrefix = "/v1";

/** TLS 1.3 and 1.2: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
export const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** Seconds for which the load balancer keeps a client's idle connection: the default of AWS, set explicitly. */
export const clientKeepAliveSeconds = 3600;

/** The load balancer does not pass on requests that proxies may read differently: the default of AWS, set explicitly. */
export const desyncMitigationMode = "defensive";

/** vLLM answers 200 on `/health` while its engine runs. Two failures in 30 s remove a pod, two successes bring it back. */
export const healthCheck = {
  path: "/health",
  protocol: "HTTP",
  port: "traffic-port",
  matcher: "200",
  interval: 15,
  timeout: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
};

/** Requests differ by orders of magnitude in length; round robin could send all long ones to one group. It excludes slow start. */
export const balancingAlgorithm = "least_outstanding_requests";

/** Ports that have a listener; the component does not open other ports. */
export const listenerPorts = (tls: boolean): number[] => (tls ? [80, 443] : [80]);

/** The answer to every path that is not served, in the form that OpenAI clients parse. */
export const notFound = (): aws.types.input.lb.ListenerDefaultAction => ({
  type: "fixed-response",
  fixedResponse: {
    statusCode: "404",
    contentType: "application/json",
    messageBody: JSON.stringify({
      error: { message: `Only ${servedPrefix}/* is served here.`, type: "invalid_request_error", code: "not_found" },
    }),
  },
});

export const redirectToTls = (): aws.types.input.lb.ListenerDefaultAction => ({
  type: "redirect",
  redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
});

/** The rule that lets requests through to the target group. */
export const forwardServedPaths = (targetGroupArn: pulumi.Input<string>) => ({
  priority: 1,
  conditions: [{ pathPattern: { values: [servedPrefix, `${servedPrefix}/*`] } }],
  actions: [{ type: "forward", targetGroupArn }],
});

// Proves the Ingress as registered. Only a cluster with the AWS Load Balancer Controller can prove what the controller creates from it.
import assert from "node:assert/strict";
import { comesBefore, only, suspectInputs } from "../../support/record";
import { children, recordEndpoint } from "./endpoint";

const ingress = "kubernetes:networking.k8s.io/v1:Ingress";
const certificateArn = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012";
const prefix = "alb.ingress.kubernetes.io/";

const annotationsOf = (inputs: Record<string, unknown>) => {
  const { annotations } = inputs.metadata as { annotations: Record<string, string> };
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key.replace(prefix, ""), value]));
};

describe("an endpoint that the load balancer controller owns", () => {
  it("is just one Ingress", async () => {
    const recording = await recordEndpoint({ mode: "controller" });
    assert.deepEqual(children(recording), ["Ingress llm-ingress"]);
    assert.deepEqual(suspectInputs(recording), []);
    assert.deepEqual(only(recording, ingress).inputs.spec, {
      ingressClassName: "alb",
      rules: [
        {
          http: { paths: [{ path: "/v1", pathType: "Prefix", backend: { service: { name: "engine", port: { number: 8000 } } } }] },
        },
      ],
    });
    assert.match(String(recording.outputs.url), /^http:\/\/internal-k8s-llm-ingress-.*\.elb\.amazonaws\.com$/);
  });

  it("asks for the same load balancer that Pulumi would create", async () => {
    const annotations = annotationsOf(only(await recordEndpoint({ mode: "controller", idleTimeoutSeconds: 900 }), ingress).inputs);
    assert.deepEqual(annotations, {
      scheme: "internal",
      "target-type": "ip",
      subnets: "subnet-0aaaaaaaaaaaaaaa1,subnet-0bbbbbbbbbbbbbbb2",
      "inbound-cidrs": "10.0.0.0/16",
      "listen-ports": '[{"HTTP":80}]',
      "healthcheck-path": "/health",
      "healthcheck-protocol": "HTTP",
      "healthcheck-port": "traffic-port",
      "healthcheck-interval-seconds": "15",
      "healthcheck-timeout-seconds": "5",
      "healthy-threshold-count": "2",
      "unhealthy-threshold-count": "2",
      "success-codes": "200",
      "load-balancer-attributes":
        "idle_timeout.timeout_seconds=900,client_keep_alive.seconds=3600,routing.http.drop_invalid_header_fields.enabled=true," +
        "routing.http.desync_mitigation_mode=defensive,deletion_protection.enabled=false",
      "target-group-attributes": "load_balancing.algorithm.type=least_outstanding_requests,deregistration_delay.timeout_seconds=180",
    });
  });

  it("serves HTTPS under its hostname and redirects HTTP, if it has a certificate", async () => {
    const recording = await recordEndpoint({
      mode: "controller",
      scheme: "internet-facing",
      authenticated: true,
      certificateArn,
      hostname: "llm.example.com",
      tags: { team: "ml", stage: "prod" },
    });
    const { inputs } = only(recording, ingress);
    const annotations = annotationsOf(inputs);
    assert.equal(annotations.scheme, "internet-facing");
    assert.equal(annotations["listen-ports"], '[{"HTTP":80},{"HTTPS":443}]');
    assert.equal(annotations["ssl-redirect"], "443");
    assert.equal(annotations["certificate-arn"], certificateArn);
    assert.equal(annotations["ssl-policy"], "ELBSecurityPolicy-TLS13-1-2-2021-06");
    assert.equal(annotations.tags, "team=ml,stage=prod");
    assert.equal((inputs.spec as { rules: { host: string }[] }).rules[0]!.host, "llm.example.com");
    assert.equal(recording.outputs.url, "https://llm.example.com");
  });

  it("is not deleted with the cluster: its controller must first remove the load balancer", async () => {
    const recording = await recordEndpoint({ mode: "controller" }, { deletedWithCluster: true });
    const carriers = recording.resources.filter((resource) => resource.deletedWith !== undefined);
    assert.deepEqual(carriers, []);
    const { customTimeouts } = only(recording, ingress);
    assert.deepEqual(customTimeouts, { create: "20m", update: "20m", delete: "30m" });
    assert.equal(comesBefore(recording, only(recording, "kubernetes:helm.sh/v3:Release"), only(recording, ingress)), true);
  });
});

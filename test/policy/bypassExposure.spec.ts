import assert from "node:assert/strict";
import { checkResources, type CheckedResource, type RuleSettings } from "../../policy";
import { broken, container, resource, rulesBroken } from "./ownResources";

// Proves that a rule sees what it forbids in whatever resource it is written. It does not prove that there is no other resource: the table
// of docs/policy.md says what a policy cannot see.

describe("an endpoint on the internet", () => {
  const annotations = (scheme: string) => ({ "alb.ingress.kubernetes.io/scheme": scheme });
  const publicKinds: Record<string, [string, Record<string, unknown>]> = {
    "a classic load balancer": ["aws:elb/loadBalancer:LoadBalancer", { listeners: [{ lbProtocol: "http", lbPort: 80 }] }],
    "a load balancer by its old name": ["aws:elasticloadbalancingv2/loadBalancer:LoadBalancer", { internal: false }],
    IngressClassParams: ["kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams", { spec: { scheme: "internet-facing" } }],
    IngressPatch: ["kubernetes:networking.k8s.io/v1:IngressPatch", { metadata: { annotations: annotations("internet-facing") } }],
    IngressList: [
      "kubernetes:networking.k8s.io/v1:IngressList",
      { items: [{ kind: "Ingress", metadata: { annotations: annotations("internet-facing") } }] },
    ],
    "a Service of type LoadBalancer": ["kubernetes:core/v1:Service", { spec: { type: "LoadBalancer" } }],
    "a Gateway's load balancer": ["kubernetes:gateway.k8s.aws/v1beta1:LoadBalancerConfiguration", { spec: { scheme: "internet-facing" } }],
  };
  const engine = (env: object[], kind = "kubernetes:apps/v1:Deployment", more: object[] = []) =>
    resource(kind, { spec: { template: { spec: { containers: [{ ...container, args: ["serve"], env }, ...more] } } } }, "engine");
  const key = (optional?: boolean) => ({
    name: "VLLM_API_KEY",
    valueFrom: { secretKeyRef: { name: "keys", key: "k", ...(optional !== undefined && { optional }) } },
  });

  for (const [what, [type, inputs]] of Object.entries(publicKinds)) {
    it(`is seen in plain text behind ${what}`, () => assert.deepEqual(broken(type, inputs), ["public-endpoint-tls"]));
    it(`needs a key behind ${what}`, () => {
      const off: RuleSettings = { "public-endpoint-tls": "disabled" };
      assert.deepEqual(rulesBroken([resource(type, inputs), engine([])], off), ["public-endpoint-key"]);
      assert.deepEqual(rulesBroken([resource(type, inputs), engine([key()])], off), []);
    });
  }

  it("needs the key in the engine's own container, from a Secret that must exist", () => {
    const [open] = [resource("aws:lb/loadBalancer:LoadBalancer", { internal: false })];
    const judge = (deployed: CheckedResource) =>
      checkResources([open!, deployed], { "public-endpoint-tls": "disabled", "required-tags": "disabled" }).map(({ message }) => message);
    const sidecar = { name: "proxy", image: "registry.example/proxy:1.2.3", env: [key()] };
    assert.equal(judge(engine([], undefined, [sidecar])).length, 1);
    assert.match(judge(engine([key(true)]))[0] ?? "", /VLLM_API_KEY is "an optional key of a Secret"/);
    assert.equal(judge(engine([{ name: "VLLM_API_KEY", value: "sk-readable-0123" }])).length, 1);
    assert.doesNotMatch(judge(engine([{ name: "VLLM_API_KEY", value: "sk-readable-0123" }])).join(), /sk-readable/);
    for (const kind of ["kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DeploymentPatch", "kubernetes:serving.example/v1:Anything"])
      assert.equal(judge(engine([], kind)).length, 1, kind);
    assert.deepEqual(judge(engine([key(false)])), []);
    const other = resource("kubernetes:apps/v1:Deployment", {
      spec: { template: { spec: { containers: [{ image: "registry.example/web:1.2.3" }] } } },
    });
    assert.deepEqual(judge(other), []);
  });

  it("is internal by its Service's annotation", () => {
    const meta = { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" } };
    assert.deepEqual(broken("kubernetes:core/v1:Service", { metadata: meta, spec: { type: "LoadBalancer" } }), []);
    assert.deepEqual(broken("kubernetes:core/v1:Service", { spec: { type: "ClusterIP" } }), []);
  });

  describe("through a controller", () => {
    const modern = "ELBSecurityPolicy-TLS13-1-2-2021-06";
    const certificate = "arn:aws:acm:us-west-2:111122223333:certificate/a";
    const off: RuleSettings = { "public-endpoint-key": "disabled" };
    const service = (annotations: Record<string, string>) =>
      broken("kubernetes:core/v1:Service", {
        metadata: {
          annotations: Object.fromEntries(
            Object.entries({ "ssl-cert": certificate, "ssl-negotiation-policy": modern, ...annotations }).map(([name, value]) => [
              `service.beta.kubernetes.io/aws-load-balancer-${name}`,
              value,
            ]),
          ),
        },
        spec: {
          type: "LoadBalancer",
          ports: [
            { name: "web", port: 80 },
            { name: "tls", port: 443 },
          ],
        },
      });
    const parameters = (spec: object) =>
      broken("kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams", { spec: { scheme: "internet-facing", ...spec } }, off);
    const gateway = (...listenerConfigurations: object[]) =>
      broken("kubernetes:gateway.k8s.aws/v1beta1:LoadBalancerConfiguration", {
        spec: { scheme: "internet-facing", listenerConfigurations },
      });

    it("is seen where a Service encrypts only some of its ports", () => {
      for (const ports of ["443", "tls", "443,8443"]) assert.deepEqual(service({ "ssl-ports": ports }), ["public-endpoint-tls"], ports);
      for (const ports of ["*", "443,80", "tls, 80", "[output]"]) assert.deepEqual(service({ "ssl-ports": ports }), [], ports);
      assert.deepEqual(service({}), []);
    });

    it("is seen where a class lets an Ingress serve plain HTTP without a redirect", () => {
      const encrypted = { certificateArn: [certificate], sslPolicy: modern };
      assert.deepEqual(parameters(encrypted), ["public-endpoint-tls"]);
      assert.deepEqual(parameters({ ...encrypted, sslRedirectPort: "443" }), []);
    });

    it("is seen where one listener of a Gateway accepts old TLS", () => {
      const good = { protocolPort: "HTTPS:443", defaultCertificate: certificate, sslPolicy: modern };
      assert.deepEqual(gateway(good), []);
      assert.deepEqual(gateway(good, { ...good, protocolPort: "HTTPS:8443", sslPolicy: undefined }), ["public-endpoint-tls"]);
      assert.deepEqual(gateway(good, { ...good, protocolPort: "TLS:9443", sslPolicy: "ELBSecurityPolicy-2016-08" }), [
        "public-endpoint-tls",
      ]);
      assert.deepEqual(gateway(good, { protocolPort: "HTTP:80" }), []);
    });
  });

  const balancer = resource("aws:lb/loadBalancer:LoadBalancer", { internal: false }, "lb");
  const listener = (sslPolicy?: string) =>
    resource("aws:lb/listener:Listener", { protocol: "HTTPS", certificateArn: "[output]", ...(sslPolicy && { sslPolicy }) }, "https", [
      balancer.urn,
    ]);
  const off: RuleSettings = { "required-tags": "disabled" };
  for (const policy of [
    undefined,
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "ELBSecurityPolicy-FS-2018-06",
  ])
    it(`must not accept old TLS (${policy ?? "the default"})`, () =>
      assert.deepEqual(rulesBroken([balancer, listener(policy)], off), ["public-endpoint-tls"]));
  for (const policy of [
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-FS-1-2-Res-2020-10",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  ])
    it(`may have ${policy}`, () => assert.deepEqual(rulesBroken([balancer, listener(policy)], off), []));
});

// Proves what is registered and in which order. Only an account can prove that AWS accepts it, issues a certificate and routes a request.
import assert from "node:assert/strict";
import { ancestors, comesBefore, ofType, only, suspectInputs } from "../../support/record";
import { children, recordEndpoint, shortType } from "./endpoint";

const binding = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";
const loadBalancer = "aws:lb/loadBalancer:LoadBalancer";
const listener = "aws:lb/listener:Listener";
const listenerRule = "aws:lb/listenerRule:ListenerRule";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const internal = [
  "Listener llm-http",
  "ListenerRule llm-v1",
  "LoadBalancer llm-lb",
  "SecurityGroup llm-lb",
  "SecurityGroupEgressRule llm-to-pods",
  "SecurityGroupIngressRule llm-80-from-10.0.0.0-16",
  "SecurityGroupIngressRule llm-from-lb",
  "TargetGroup llm-tg",
  "TargetGroupBinding llm-binding",
];
const withTls = [...internal, "Listener llm-https", "SecurityGroupIngressRule llm-443-from-10.0.0.0-16"].sort();
const certificateArn = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012";
const named = { hostname: "llm.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" };

describe("an endpoint that Pulumi owns", () => {
  it("is an internal load balancer on HTTP by default", async () => {
    const recording = await recordEndpoint();
    assert.deepEqual(children(recording), internal);
    assert.deepEqual(suspectInputs(recording), []);
    const { dnsName, ...inputs } = only(recording, loadBalancer).inputs;
    assert.equal(dnsName, undefined);
    assert.deepEqual(inputs, {
      loadBalancerType: "application",
      internal: true,
      subnets: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb2"],
      securityGroups: inputs.securityGroups,
      idleTimeout: 600,
      clientKeepAlive: 3600,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "defensive",
      enableDeletionProtection: false,
      tags: { Name: "llm" },
    });
    assert.match(String(recording.outputs.url), /^http:\/\/internal-llm-lb-[0-9a-f]{9}\.us-west-2\.elb\.amazonaws\.com$/);
  });

  it("registers the same resources in a preview as in an update, for every kind of endpoint", async () => {
    for (const args of [{}, { certificateArn }, named, { ...named, certificateArn }, { mode: "controller" as const }]) {
      const [update, preview] = [await recordEndpoint(args), await recordEndpoint(args, { preview: true })];
      assert.deepEqual(preview.resources.map((r) => r.urn).sort(), update.resources.map((r) => r.urn).sort());
    }
  });

  it("serves only /v1 and answers everything else with 404 as JSON", async () => {
    for (const args of [{}, { certificateArn }]) {
      const recording = await recordEndpoint(args);
      const serving = only(recording, listener, args.certificateArn ? "llm-https" : "llm-http");
      const [refusal] = serving.inputs.defaultActions as { type: string; fixedResponse: Record<string, string> }[];
      assert.equal(refusal!.type, "fixed-response");
      assert.equal(refusal!.fixedResponse.statusCode, "404");
      assert.equal(JSON.parse(refusal!.fixedResponse.messageBody!).error.code, "not_found");
      const rule = only(recording, listenerRule);
      assert.deepEqual(rule.inputs.conditions, [{ pathPattern: { values: ["/v1", "/v1/*"] } }]);
      assert.equal((rule.inputs.actions as { type: string }[])[0]!.type, "forward");
      assert.equal(comesBefore(recording, serving, rule), true);
    }
  });

  it("sends requests to port 8000 of the pods by address, to the least busy one first, and lets pods drain", async () => {
    const targetGroup = only(await recordEndpoint({ drainSeconds: 300 }), "aws:lb/targetGroup:TargetGroup");
    assert.deepEqual(targetGroup.inputs, {
      vpcId: "vpc-0a1b2c3d4e5f60718",
      targetType: "ip",
      protocol: "HTTP",
      port: 8000,
      healthCheck: {
        path: "/health",
        protocol: "HTTP",
        port: "traffic-port",
        matcher: "200",
        interval: 15,
        timeout: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
      loadBalancingAlgorithmType: "least_outstanding_requests",
      deregistrationDelay: 360,
      tags: { Name: "llm" },
    });
  });

  it("may reach only the pods' port, and owns the rule that lets it in", async () => {
    const recording = await recordEndpoint();
    const group = only(recording, "aws:ec2/securityGroup:SecurityGroup");
    assert.equal(group.inputs.egress ?? group.inputs.ingress, undefined);
    const [out, back] = [only(recording, egressRule), only(recording, ingressRule, "llm-from-lb")];
    for (const rule of [out, back]) {
      assert.deepEqual([rule.inputs.ipProtocol, rule.inputs.fromPort, rule.inputs.toPort], ["tcp", 8000, 8000]);
    }
    assert.equal(out.inputs.referencedSecurityGroupId, "sg-0c1u57e4");
    assert.equal(back.inputs.securityGroupId, "sg-0c1u57e4");
    assert.equal(back.inputs.referencedSecurityGroupId, out.inputs.securityGroupId);
    assert.equal("networking" in (only(recording, binding).inputs.spec as object), false);
  });

  it("opens only the ports it listens on, once for each range", async () => {
    const plain = await recordEndpoint({ inboundCidrs: ["10.0.0.0/16", "10.0.0.0/16", "192.168.0.0/24"] });
    const names = (recording: typeof plain) => ofType(recording, ingressRule).map((rule) => rule.name.replace("llm-", ""));
    assert.deepEqual(names(plain).sort(), ["80-from-10.0.0.0-16", "80-from-192.168.0.0-24", "from-lb"]);
    assert.deepEqual(names(await recordEndpoint({ certificateArn })).sort(), ["443-from-10.0.0.0-16", "80-from-10.0.0.0-16", "from-lb"]);
  });

  it("serves HTTPS and redirects HTTP to it, if it has a certificate", async () => {
    const recording = await recordEndpoint({ certificateArn });
    assert.deepEqual(children(recording), withTls);
    const { inputs } = only(recording, listener, "llm-https");
    assert.deepEqual([inputs.port, inputs.protocol, inputs.certificateArn], [443, "HTTPS", certificateArn]);
    assert.equal(inputs.sslPolicy, "ELBSecurityPolicy-TLS13-1-2-2021-06");
    assert.deepEqual(only(recording, listener, "llm-http").inputs.defaultActions, [
      { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
    ]);
    assert.match(String(recording.outputs.url), /^https:\/\/internal-llm-lb-/);
  });

  it("creates certificate, validation and alias for a hostname and its zone, and uses the hostname in its URL", async () => {
    const recording = await recordEndpoint({
      ...named,
      scheme: "internet-facing",
      authenticated: true,
      inboundCidrs: ["198.51.100.0/24"],
    });
    const added = children(recording).filter((child) => /Certificate|Record/.test(child));
    assert.deepEqual(added, [
      "Certificate llm-certificate",
      "CertificateValidation llm-certificate-issued",
      "Record llm-alias",
      "Record llm-certificate-proof",
    ]);
    assert.equal(recording.outputs.url, "https://llm.example.com");
    assert.equal(recording.outputs.hostname, "llm.example.com");
    assert.equal(only(recording, loadBalancer).inputs.internal, false);
    const issued = only(recording, "aws:acm/certificateValidation:CertificateValidation");
    assert.equal(comesBefore(recording, issued, only(recording, listener, "llm-https")), true);
    assert.equal(comesBefore(recording, only(recording, "aws:route53/record:Record", "llm-certificate-proof"), issued), true);
    const alias = only(recording, "aws:route53/record:Record", "llm-alias").inputs;
    assert.deepEqual([alias.name, alias.zoneId, alias.type], [named.hostname, named.hostedZoneId, "A"]);
    assert.deepEqual(suspectInputs(recording), []);
  });

  it("adds only the alias to the zone, if a certificate is given", async () => {
    const recording = await recordEndpoint({ ...named, certificateArn });
    assert.deepEqual(children(recording), [...withTls, "Record llm-alias"].sort());
  });

  it("lets only its port rules and the binding wait for the cluster", async () => {
    const recording = await recordEndpoint(named);
    const cluster = only(recording, "vllm-eks:test:Cluster");
    const waiting = recording.resources.filter((resource) => resource.name.startsWith("llm") && comesBefore(recording, cluster, resource));
    assert.deepEqual(waiting.map((resource) => resource.name).sort(), ["llm-from-lb", "llm-to-pods"]);
    const controller = only(recording, "kubernetes:helm.sh/v3:Release");
    const late = recording.resources.filter((resource) => comesBefore(recording, controller, resource));
    assert.deepEqual(late.map(shortType), ["TargetGroupBinding"]);
  });

  it("binds the Service in parallel with the LeaderWorkerSet: neither waits for the other", async () => {
    const recording = await recordEndpoint();
    const [bound, engine] = [only(recording, binding), only(recording, "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet")];
    assert.equal(comesBefore(recording, engine, bound), false);
    assert.equal(comesBefore(recording, bound, engine), false);
    assert.equal(comesBefore(recording, only(recording, "kubernetes:core/v1:Service"), bound), true);
    const { targetGroupARN, ...spec } = bound.inputs.spec as Record<string, unknown>;
    assert.match(String(targetGroupARN), /:targetgroup\/llm-tg\//);
    assert.deepEqual(spec, { targetType: "ip", serviceRef: { name: "engine", port: 8000 } });
    assert.deepEqual(bound.inputs.metadata, { namespace: "inference" });
  });

  it("is destroyed without the controller: the binding goes with the cluster, and Pulumi deletes everything in AWS", async () => {
    const recording = await recordEndpoint(named, { deletedWithCluster: true });
    const cluster = only(recording, "vllm-eks:test:Cluster");
    const carriers = recording.resources.filter((resource) => resource.deletedWith === cluster.urn);
    assert.deepEqual(
      carriers.map((resource) => resource.name),
      ["llm-binding"],
    );
    const component = only(recording, "vllm-eks:index:InferenceIngress");
    assert.equal(component.deletedWith, undefined, "the engine would pass it on to the load balancer");
  });

  it("is destroyed in an order that AWS accepts", async () => {
    const recording = await recordEndpoint({ certificateArn });
    const group = only(recording, "aws:ec2/securityGroup:SecurityGroup");
    const targetGroup = only(recording, "aws:lb/targetGroup:TargetGroup");
    const rule = only(recording, listenerRule);
    for (const later of [only(recording, loadBalancer), only(recording, ingressRule, "llm-from-lb")]) {
      assert.equal(comesBefore(recording, group, later), true, `${later.name} keeps the security group alive`);
    }
    assert.equal(comesBefore(recording, targetGroup, rule), true, "a rule keeps its target group alive");
    assert.equal(comesBefore(recording, targetGroup, only(recording, binding)), true);
    assert.equal(comesBefore(recording, only(recording, "kubernetes:helm.sh/v3:Release"), only(recording, binding)), true);
  });

  it("deletes the load balancer before it creates another, because a target group belongs to only one", async () => {
    const recording = await recordEndpoint({ timeouts: { create: "15m", delete: "15m" } });
    const { deleteBeforeReplace, customTimeouts } = only(recording, loadBalancer);
    assert.equal(deleteBeforeReplace, true);
    assert.deepEqual(customTimeouts, { create: "15m", delete: "15m" });
    assert.equal(only(recording, binding).deleteBeforeReplace, true);
    const target = only(recording, "aws:lb/targetGroup:TargetGroup");
    assert.equal(ancestors(recording, target).has(only(recording, loadBalancer).urn), false, "a target group outlives its load balancer");
  });

  it("lets Pulumi choose every name in AWS and Kubernetes, so that replacements do not collide", async () => {
    for (const { name, inputs } of (await recordEndpoint(named)).resources.filter((resource) =>
      /^llm-(?!alias|certificate)/.test(resource.name),
    )) {
      assert.equal(inputs.name, undefined, name);
      assert.equal((inputs.metadata as { name?: string } | undefined)?.name, undefined, name);
    }
  });
});

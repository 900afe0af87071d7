/** The endpoint that Pulumi owns: load balancer, rules and DNS names in AWS, and in the cluster only a TargetGroupBinding. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { namedTags } from "../tags";
import { issuedCertificate } from "./certificate";
import { IngressScheme } from "./exposure";
import { openPorts } from "./portRules";
import * as routing from "./routing";
import type { EndpointSettings, EndpointWiring } from "./settings";

interface DirectEndpoint {
  loadBalancer: aws.lb.LoadBalancer;
  /** Security group of the load balancer. */
  securityGroup: aws.ec2.SecurityGroup;
  targetGroup: aws.lb.TargetGroup;
  listener: aws.lb.Listener;
  targetGroupBinding: k8s.apiextensions.CustomResource;
}

/** `inCluster` are the options of the only child that needs the cluster; the other children do not wait for it. */
export function createDirectEndpoint(
  name: string,
  args: EndpointWiring,
  settings: EndpointSettings,
  child: pulumi.CustomResourceOptions,
  inCluster: pulumi.CustomResourceOptions,
): DirectEndpoint {
  const tags = namedTags(name, args.tags);
  const securityGroup = new aws.ec2.SecurityGroup(
    `${name}-lb`,
    { vpcId: args.vpcId, description: "Load balancer of the inference endpoint", tags },
    child,
  );
  openPorts(name, { group: securityGroup, podGroupId: args.targetSecurityGroupId, settings, tags }, child);

  const targetGroup = new aws.lb.TargetGroup(
    `${name}-tg`,
    {
      vpcId: args.vpcId,
      targetType: "ip",
      protocol: "HTTP",
      port: routing.servingPort,
      healthCheck: routing.healthCheck,
      loadBalancingAlgorithmType: routing.balancingAlgorithm,
      deregistrationDelay: settings.deregistrationDelaySeconds,
      tags,
    },
    child,
  );
  const loadBalancer = new aws.lb.LoadBalancer(
    `${name}-lb`,
    {
      loadBalancerType: "application",
      internal: settings.scheme === IngressScheme.Internal,
      subnets: args.subnetIds,
      securityGroups: [securityGroup.id],
      idleTimeout: settings.idleTimeoutSeconds,
      clientKeepAlive: routing.clientKeepAliveSeconds,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: routing.desyncMitigationMode,
      enableDeletionProtection: settings.protect,
      tags,
    },
    // A target group belongs to one load balancer at a time, so a second one could not forward to it (TargetGroupAssociationLimit).
    { ...child, deleteBeforeReplace: true, ...(args.timeouts && { customTimeouts: { ...args.timeouts } }) },
  );

  const { hostname, hostedZoneId } = args;
  const inZone = hostname !== undefined && hostedZoneId !== undefined ? { hostname, hostedZoneId, tags } : undefined;
  const certificateArn = args.certificateArn ?? (inZone && issuedCertificate(name, inZone, child));
  const listener = listen(name, loadBalancer.arn, certificateArn, tags, child);
  new aws.lb.ListenerRule(`${name}-v1`, { listenerArn: listener.arn, ...routing.forwardServedPaths(targetGroup.arn), tags }, child);
  if (inZone) {
    const alias = { name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: false };
    new aws.route53.Record(`${name}-alias`, { zoneId: inZone.hostedZoneId, name: inZone.hostname, type: "A", aliases: [alias] }, child);
  }

  const targetGroupBinding = bindTargets(name, args, targetGroup.arn, inCluster);
  return { loadBalancer, securityGroup, targetGroup, listener, targetGroupBinding };
}

function bindTargets(
  name: string,
  args: EndpointWiring,
  targetGroupARN: pulumi.Output<string>,
  inCluster: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    `${name}-binding`,
    {
      apiVersion: "elbv2.k8s.aws/v1beta1",
      kind: "TargetGroupBinding",
      metadata: { namespace: args.namespace },
      // Without `networking` the controller does not change security groups: its rule would outlive it and block their deletion.
      spec: {
        targetGroupARN,
        targetType: "ip",
        serviceRef: { name: args.serviceName, port: args.servicePort ?? routing.servingPort },
      },
    },
    // The controller's webhook refuses to change the ARN, and refuses a second binding of the same target group:
    // https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/webhooks/elbv2/targetgroupbinding_validator.go
    { ...inCluster, replaceOnChanges: ["spec.targetGroupARN"], deleteBeforeReplace: true },
  );
}

/** Creates the listener that serves: HTTPS, with a second listener that redirects HTTP to it, or only HTTP without a certificate. */
function listen(
  name: string,
  loadBalancerArn: pulumi.Output<string>,
  certificateArn: pulumi.Input<string> | undefined,
  tags: pulumi.Input<Record<string, string>>,
  child: pulumi.CustomResourceOptions,
): aws.lb.Listener {
  const http = new aws.lb.Listener(
    `${name}-http`,
    {
      loadBalancerArn,
      protocol: "HTTP",
      port: 80,
      defaultActions: [certificateArn === undefined ? routing.notFound() : routing.redirectToTls()],
      tags,
    },
    child,
  );
  if (certificateArn === undefined) return http;
  return new aws.lb.Listener(
    `${name}-https`,
    {
      loadBalancerArn,
      protocol: "HTTPS",
      port: 443,
      sslPolicy: routing.tlsPolicy,
      certificateArn,
      defaultActions: [routing.notFound()],
      tags,
    },
    child,
  );
}

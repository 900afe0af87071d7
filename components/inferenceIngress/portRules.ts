/** What may reach the load balancer, and the one thing that it may reach. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { servingPort, listenerPorts } from "./routing";
import type { EndpointSettings } from "./settings";

export interface PortRuleArgs {
  /** The load balancer's own group. A new group allows nothing, in either direction. */
  group: aws.ec2.SecurityGroup;
  podGroupId: pulumi.Input<string>;
  settings: EndpointSettings;
  tags: pulumi.Input<Record<string, string>>;
}

export function openPorts(name: string, { group, podGroupId, settings, tags }: PortRuleArgs, child: pulumi.CustomResourceOptions): void {
  for (const cidr of settings.inboundCidrs) {
    for (const port of listenerPorts(settings.tls)) {
      // Named after its range: by position, removing the first of a list would turn each rule into its neighbour, a duplicate.
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${port}-from-${cidr.replace("/", "-")}`,
        {
          securityGroupId: group.id,
          cidrIpv4: cidr,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          description: "Clients of the endpoint",
          tags,
        },
        child,
      );
    }
  }
  const engine = { ipProtocol: "tcp", fromPort: servingPort, toPort: servingPort, tags };
  new aws.vpc.SecurityGroupEgressRule(
    `${name}-to-pods`,
    {
      securityGroupId: group.id,
      referencedSecurityGroupId: podGroupId,
      description: "Requests and health checks to the engine",
      ...engine,
    },
    child,
  );
  // On the pods' group, and owned here: made by the controller it would stay behind when that goes first, and keep both groups alive.
  new aws.vpc.SecurityGroupIngressRule(
    `${name}-from-lb`,
    { securityGroupId: podGroupId, referencedSecurityGroupId: group.id, description: "Load balancer to the engine", ...engine },
    child,
  );
}

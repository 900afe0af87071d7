/** Security group rules: who may reach the load balancer, and that it may reach the pods. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { servingPort, listenerPorts } from "./routing";
import type { EndpointSettings } from "./settings";

interface PortRuleArgs {
  /** Security group of the load balancer. A new group does not allow any traffic, in either direction. */
  group: aws.ec2.SecurityGroup;
  podGroupId: pulumi.Input<string>;
  settings: EndpointSettings;
  tags: pulumi.Input<Record<string, string>>;
}

export function openPorts(name: string, { group, podGroupId, settings, tags }: PortRuleArgs, child: pulumi.CustomResourceOptions): void {
  for (const cidr of settings.inboundCidrs) {
    for (const port of listenerPorts(settings.tls)) {
      // The name contains the range. With the position, removing the first range would turn each rule into a duplicate of the next.
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
  // The component owns this rule on the pods' group. If the controller created it and were removed first, the rule would stay and keep both
  // groups from being deleted.
  new aws.vpc.SecurityGroupIngressRule(
    `${name}-from-lb`,
    { securityGroupId: podGroupId, referencedSecurityGroupId: group.id, description: "Load balancer to the engine", ...engine },
    child,
  );
}

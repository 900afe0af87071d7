/**
 * What AWS and the provider do with each resource type: which change needs a new object, how names are made, what refuses a deletion. Read
 * from the provider's source (hashicorp/terraform-provider-aws v6, pulumi/pulumi-aws) unless a row says otherwise; `source` is the file.
 */
export interface TypeRule {
  /** Properties that need a new object when they change; a dot separates nested names. */
  replacesOn: readonly string[];
  /** The property that gets `<logical name>-<7 digits>` when unset; longer than `max` is refused, longer than `limit` is refused by AWS. */
  named?: { property: string; max: number; limit: number };
  /** The old object is deleted first, whatever changed. Otherwise only when the program set a name. */
  deletesFirst?: boolean;
  /** Objects that block a deletion as long as they refer to the object, and AWS's message. */
  refusedWhile?: { types: readonly string[]; error: string };
  /** Only one object with the same values of these properties may exist. */
  unique?: { properties: readonly string[]; error: string };
  source: string;
}

const name = (limit: number, max = 255, property = "name") => ({ named: { property, max, limit } });
/** What has network interfaces in a subnet and security groups. */
const withInterfaces = [
  "aws:eks/nodeGroup:NodeGroup",
  "aws:eks/cluster:Cluster",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:fsx/lustreFileSystem:LustreFileSystem",
  "aws:ec2/natGateway:NatGateway",
];
const securityGroupRules = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
];
const securityGroupRule: TypeRule = {
  replacesOn: ["securityGroupId"],
  unique: {
    properties: ["securityGroupId", "cidrIpv4", "referencedSecurityGroupId", "prefixListId", "ipProtocol", "fromPort", "toPort"],
    error: "InvalidPermission.Duplicate: the specified rule already exists",
  },
  source: "vpc_security_group_ingress_rule.go",
};

export const typeRules: Readonly<Record<string, TypeRule>> = {
  "aws:ec2/vpc:Vpc": {
    replacesOn: ["cidrBlock"],
    refusedWhile: {
      types: [
        "aws:ec2/subnet:Subnet",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/routeTable:RouteTable",
      ],
      error: "DependencyViolation: The vpc has dependencies and cannot be deleted",
    },
    source: "vpc_.go",
  },
  "aws:ec2/subnet:Subnet": {
    replacesOn: ["vpcId", "cidrBlock", "availabilityZone"],
    refusedWhile: { types: withInterfaces, error: "DependencyViolation: The subnet has dependencies and cannot be deleted" },
    source: "vpc_subnet.go",
  },
  "aws:ec2/internetGateway:InternetGateway": {
    replacesOn: [],
    source: "vpc_internet_gateway.go",
  },
  "aws:ec2/routeTable:RouteTable": { replacesOn: ["vpcId"], source: "vpc_route_table.go" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    replacesOn: ["subnetId", "gatewayId"],
    unique: { properties: ["subnetId"], error: "Resource.AlreadyAssociated: the specified association for the subnet conflicts" },
    source: "vpc_route_table_association.go",
  },
  "aws:ec2/route:Route": {
    replacesOn: ["routeTableId", "destinationCidrBlock"],
    unique: { properties: ["routeTableId", "destinationCidrBlock"], error: "RouteAlreadyExists: The route already exists" },
    source: "vpc_route.go",
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { replacesOn: ["vpcId", "serviceName", "vpcEndpointType"], source: "vpc_endpoint.go" },
  "aws:ec2/eip:Eip": {
    replacesOn: ["address", "domain"],
    refusedWhile: { types: ["aws:ec2/natGateway:NatGateway"], error: "InvalidIPAddress.InUse: the address is in use" },
    source: "ec2_eip.go",
  },
  "aws:ec2/natGateway:NatGateway": {
    replacesOn: ["allocationId", "subnetId", "connectivityType"],
    unique: { properties: ["allocationId"], error: "Resource.AlreadyAssociated: the Elastic IP address is already associated" },
    source: "vpc_nat_gateway.go",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    replacesOn: ["name", "namePrefix", "vpcId", "description"],
    ...name(255),
    refusedWhile: { types: [...withInterfaces, ...securityGroupRules], error: "DependencyViolation: resource has a dependent object" },
    source: "vpc_security_group.go",
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule,
  "aws:ec2/launchTemplate:LaunchTemplate": { replacesOn: ["name", "namePrefix"], ...name(128), source: "ec2_launch_template.go" },
  "aws:ec2/placementGroup:PlacementGroup": {
    replacesOn: ["name", "strategy", "partitionCount", "spreadLevel"],
    ...name(255),
    refusedWhile: { types: ["aws:eks/nodeGroup:NodeGroup"], error: "InvalidPlacementGroup.InUse: instances are in the group" },
    source: "ec2_placement_group.go",
  },
  "aws:eks/cluster:Cluster": {
    replacesOn: ["name", "roleArn", "bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions"],
    ...name(100),
    refusedWhile: { types: ["aws:eks/nodeGroup:NodeGroup"], error: "ResourceInUseException: Cluster has nodegroups attached" },
    source: "eks/cluster.go",
  },
  "aws:eks/nodeGroup:NodeGroup": {
    replacesOn: [
      ...["amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id", "launchTemplate.name"],
      ...["nodeGroupName", "nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess", "subnetIds"],
    ],
    ...name(63, 255, "nodeGroupName"),
    source: "eks/node_group.go",
  },
  "aws:eks/addon:Addon": {
    replacesOn: ["addonName", "clusterName"],
    unique: { properties: ["clusterName", "addonName"], error: "ResourceInUseException: Addon already exists" },
    source: "eks/addon.go",
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    replacesOn: ["clusterName", "namespace", "serviceAccount"],
    unique: { properties: ["clusterName", "namespace", "serviceAccount"], error: "ResourceInUseException: Association already exists" },
    source: "eks/pod_identity_association.go",
  },
  "aws:eks/accessEntry:AccessEntry": {
    replacesOn: ["clusterName", "principalArn", "type"],
    unique: {
      properties: ["clusterName", "principalArn"],
      error: "ResourceInUseException: The specified access entry resource is already in use",
    },
    source: "eks/access_entry.go",
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    replacesOn: ["accessScope", "clusterName", "policyArn", "principalArn"],
    source: "eks/access_policy_association.go",
  },
  "aws:fsx/lustreFileSystem:LustreFileSystem": {
    replacesOn: ["deploymentType", "storageType", "subnetIds", "securityGroupIds", "kmsKeyId", "importPath", "exportPath", "efaEnabled"],
    source: "fsx/lustre_file_system.go; a smaller storageCapacity replaces, a larger one does not",
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    replacesOn: ["name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"],
    // Pulumi's automatic names have no limit here; AWS has one.
    ...name(32),
    source: "elbv2/load_balancer.go",
  },
  "aws:lb/targetGroup:TargetGroup": {
    replacesOn: ["name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
    ...name(32, 32),
    refusedWhile: {
      types: ["aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"],
      error: "ResourceInUse: Target group is currently in use by a listener or a rule",
    },
    source: "elbv2/target_group.go",
  },
  "aws:lb/listener:Listener": {
    replacesOn: ["loadBalancerArn"],
    unique: { properties: ["loadBalancerArn", "port"], error: "DuplicateListener: A listener already exists on this port" },
    source: "elbv2/listener.go",
  },
  "aws:lb/listenerRule:ListenerRule": { replacesOn: ["listenerArn"], source: "elbv2/listener_rule.go" },
  "aws:iam/role:Role": {
    replacesOn: ["name", "namePrefix", "path"],
    ...name(64, 64),
    refusedWhile: {
      types: ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy"],
      error: "DeleteConflict: Cannot delete entity, must detach all policies first",
    },
    source: "iam/role.go",
  },
  "aws:iam/rolePolicy:RolePolicy": { replacesOn: ["name", "namePrefix", "role"], ...name(128), source: "iam/role_policy.go" },
  "aws:iam/policy:Policy": {
    replacesOn: ["name", "namePrefix", "path", "description"],
    ...name(128),
    refusedWhile: {
      types: ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"],
      error: "DeleteConflict: Cannot delete a policy attached to entities",
    },
    source: "iam/policy.go",
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    replacesOn: ["role", "policyArn"],
    deletesFirst: true,
    source: "iam/role_policy_attachment.go",
  },
  "aws:acm/certificate:Certificate": {
    replacesOn: ["domainName", "subjectAlternativeNames", "validationMethod", "validationOptions", "keyAlgorithm"],
    refusedWhile: { types: ["aws:lb/listener:Listener"], error: "ResourceInUseException: Certificate is in use" },
    source: "acm/certificate.go",
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    replacesOn: ["certificateArn", "validationRecordFqdns"],
    source: "acm/certificate_validation.go",
  },
  "aws:route53/record:Record": {
    replacesOn: ["name", "zoneId"],
    unique: { properties: ["zoneId", "name", "type"], error: "InvalidChangeBatch: it already exists" },
    source: "route53/record.go",
  },
};

/** `launchTemplate.id` of an object; undefined when a part of the path is missing. */
export function valueAt(values: Record<string, unknown>, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), values);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

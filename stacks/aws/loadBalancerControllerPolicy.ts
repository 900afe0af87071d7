/** What the AWS Load Balancer Controller may do, by who owns the load balancer. */

interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: string;
  Condition?: Record<string, Record<string, string | string[]>>;
}

const allow = (actions: string[], resource = "*", condition?: Statement["Condition"]): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
  ...(condition && { Condition: condition }),
});

const document = (statements: Statement[]) => ({ Version: "2012-10-17", Statement: statements });

const describe = allow([
  "ec2:DescribeAvailabilityZones",
  "ec2:DescribeInstances",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
  "elasticloadbalancing:DescribeLoadBalancers",
  "elasticloadbalancing:DescribeTags",
  "elasticloadbalancing:DescribeTargetGroups",
  "elasticloadbalancing:DescribeTargetGroupAttributes",
  "elasticloadbalancing:DescribeTargetHealth",
]);

/** Pulumi owns the load balancer: the controller only registers pods, so it cannot leave anything behind. */
export function targetRegistrationPolicy(region: string) {
  const targetGroups = `arn:aws:elasticloadbalancing:${region}:*:targetgroup/*`;
  return document([describe, allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], targetGroups)]);
}

/**
 * The controller owns the load balancer. The statements are those of its installation page at v3.5.0, without Cognito, WAF and
 * Shield, which the chart values here switch off; tags limit it to what it created itself.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/v3.5/deploy/installation/
 */
export function loadBalancerOwnerPolicy(region: string) {
  const balancing = (kind: string) => `arn:aws:elasticloadbalancing:${region}:*:${kind}/*`;
  const ownedByController = { Null: { "aws:ResourceTag/elbv2.k8s.aws/cluster": "false" } };
  const madeByController = { Null: { "aws:RequestTag/elbv2.k8s.aws/cluster": "false" } };
  return document([
    describe,
    allow([
      "acm:DescribeCertificate",
      "acm:ListCertificates",
      "ec2:DescribeAccountAttributes",
      "ec2:DescribeAddresses",
      "ec2:DescribeCoipPools",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeIpamPools",
      "ec2:DescribeRouteTables",
      "ec2:DescribeTags",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:GetCoipPoolUsage",
      "ec2:GetSecurityGroupsForVpc",
      "elasticloadbalancing:DescribeCapacityReservation",
      "elasticloadbalancing:DescribeListenerAttributes",
      "elasticloadbalancing:DescribeListenerCertificates",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancerAttributes",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeSSLPolicies",
      "elasticloadbalancing:DescribeTrustStores",
    ]),
    allow(["iam:CreateServiceLinkedRole"], "*", { StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } }),
    allow(["ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]),
    allow(["ec2:CreateTags"], "arn:aws:ec2:*:*:security-group/*", {
      StringEquals: { "ec2:CreateAction": "CreateSecurityGroup" },
      ...madeByController,
    }),
    allow(["ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteSecurityGroup"], "arn:aws:ec2:*:*:security-group/*", ownedByController),
    allow(["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"], "*", madeByController),
    allow([
      "elasticloadbalancing:AddListenerCertificates",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyRule",
      "elasticloadbalancing:RemoveListenerCertificates",
      "elasticloadbalancing:SetRulePriorities",
    ]),
    // A principal that may tag any load balancer as the controller's may then delete it. So tags are set at creation, or on tagged ones.
    ...["loadbalancer/app", "targetgroup"].flatMap((kind) => [
      allow(["elasticloadbalancing:AddTags"], balancing(kind), {
        StringEquals: { "elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"] },
        ...madeByController,
      }),
      allow(["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"], balancing(kind), {
        Null: { "aws:RequestTag/elbv2.k8s.aws/cluster": "true", ...ownedByController.Null },
      }),
    ]),
    ...["listener/app", "listener-rule/app"].map((kind) =>
      allow(["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"], balancing(kind)),
    ),
    allow(
      [
        "elasticloadbalancing:DeleteLoadBalancer",
        "elasticloadbalancing:DeleteTargetGroup",
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        "elasticloadbalancing:ModifyTargetGroup",
        "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:SetIpAddressType",
        "elasticloadbalancing:SetSecurityGroups",
        "elasticloadbalancing:SetSubnets",
      ],
      "*",
      ownedByController,
    ),
    allow(["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], balancing("targetgroup")),
  ]);
}

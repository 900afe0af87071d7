/** What the AWS Load Balancer Controller may do, by who owns the load balancer, and which pods may be it. */
import { environmentTag } from "../../environment/environment";

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

const registration = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"];

/**
 * Pulumi owns the load balancer: the controller only registers pods, so it cannot leave anything behind. It reaches only target groups
 * with this stack's tag. Their names would not do as a limit: Pulumi begins them with the component's name, which every stack shares. Both
 * actions take a target group as their resource, and that type has `aws:ResourceTag`:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
export function targetRegistrationPolicy(region: string, environment: string) {
  const targetGroups = `arn:aws:elasticloadbalancing:${region}:*:targetgroup/*`;
  return document([describe, allow(registration, targetGroups, { StringEquals: { [`aws:ResourceTag/${environmentTag}`]: environment } })]);
}

const podIdentityService = "pods.eks.amazonaws.com";

interface PodIdentity {
  clusterArn: string;
  namespace: string;
  serviceAccount: string;
}

/**
 * Who may take the role: Pod Identity of this account, for this cluster and this service account. Without the conditions any association
 * in the account could hand the role to other pods. EKS sends the cluster as `aws:SourceArn`, and namespace and account as session tags:
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
 */
export function podIdentityTrust({ clusterArn, namespace, serviceAccount }: PodIdentity) {
  const account = clusterArn.split(":")[4] ?? "";
  const statement = {
    Effect: "Allow",
    Principal: { Service: podIdentityService },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:SourceAccount": account,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
      ArnEquals: { "aws:SourceArn": clusterArn },
    },
  };
  return { Version: "2012-10-17", Statement: [statement] };
}

/**
 * The controller owns the load balancer. The statements are those of its installation page at v3.5.0, without Cognito, WAF and
 * Shield, which the chart values here switch off. Where that page asks only whether the controller's tag exists, the value here must be
 * this cluster's name: controllers of other clusters have the same tag. Listeners, rules and rules of security groups are not limited
 * there, nor here: requests for those do not always carry the tag.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/v3.5/deploy/installation/
 */
export function loadBalancerOwnerPolicy(region: string, clusterName: string) {
  const balancing = (kind: string) => `arn:aws:elasticloadbalancing:${region}:*:${kind}/*`;
  const ownedByController = { StringEquals: { "aws:ResourceTag/elbv2.k8s.aws/cluster": clusterName } };
  const madeByController = { StringEquals: { "aws:RequestTag/elbv2.k8s.aws/cluster": clusterName } };
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
      StringEquals: { "ec2:CreateAction": "CreateSecurityGroup", ...madeByController.StringEquals },
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
        StringEquals: {
          "elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"],
          ...madeByController.StringEquals,
        },
      }),
      allow(["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"], balancing(kind), {
        Null: { "aws:RequestTag/elbv2.k8s.aws/cluster": "true" },
        ...ownedByController,
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
    allow(registration, balancing("targetgroup"), ownedByController),
  ]);
}

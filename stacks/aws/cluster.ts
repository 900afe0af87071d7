/** The EKS cluster: created for this stack, or an existing one that it adopts. */
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { awsIdentityOf, type AwsIdentity } from "../../environment/awsIdentity";
import type { AdoptedCluster, CreatedCluster } from "../../environment/environment";
import { given } from "../../sizing/givenKeys";
import { needsProgram, tokenCommand } from "../../environment/tokenCommand";
import { tokenKubeconfig, withTokenCommand } from "../../environment/tokenKubeconfig";
import { createKubernetesProvider } from "../kubernetes/provider";
import type { Network } from "./network";
import type { Site } from "./site";

export interface Cluster {
  /** Resolves when the cluster exists. */
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  /** The security group that EKS created for the cluster and that every node has. */
  securityGroupId: pulumi.Output<string>;
  kubernetes: k8s.Provider;
  /** Text of a kubeconfig whose command fetches a token as this principal. */
  kubeconfigFor(identity: AwsIdentity): pulumi.Output<string>;
  /** The cluster of this stack: what is deleted with it needs no delete call. Undefined on an adopted cluster. */
  owned: eks.Cluster | undefined;
}

export function createCluster(site: Site, network: Network): Cluster {
  const { cluster: settings } = site.settings;
  return settings.kind === "create" ? createEksCluster(site, settings, network) : adoptCluster(site, settings);
}

function createEksCluster(site: Site, settings: CreatedCluster, network: Network): Cluster {
  const { environment, tags, provider } = site;
  const identity = awsIdentityOf(site.settings);
  const { kmsKeyArn } = site.settings;
  const logTypes = settings.logTypes ?? ["api", "audit", "authenticator"];
  const logGroup = kmsKeyArn !== undefined && logTypes.length > 0 ? [createLogGroup(settings.name, kmsKeyArn, site)] : [];
  const reachableFromOutside = settings.publicAccessCidrs.length > 0;
  const owned = new eks.Cluster(
    "cluster",
    {
      name: settings.name,
      version: settings.version,
      authenticationMode: "API",
      accessEntries: accessEntries(settings.administrators),
      vpcId: network.vpcId,
      privateSubnetIds: network.controlPlaneSubnetIds,
      endpointPrivateAccess: true,
      endpointPublicAccess: reachableFromOutside,
      ...(reachableFromOutside && { publicAccessCidrs: settings.publicAccessCidrs }),
      enabledClusterLogTypes: logTypes,
      ...(kmsKeyArn && { encryptionConfigKeyArn: kmsKeyArn }),
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      createOidcProvider: false, // Pod Identity replaces it
      // Add-ons come from platform.ts. The self-managed copies must be off from the start: changing that later replaces the cluster.
      bootstrapSelfManagedAddons: false,
      useDefaultVpcCni: true,
      kubeProxyAddonOptions: { enabled: false },
      corednsAddonOptions: { enabled: false },
      deletionProtection: environment.protect,
      upgradePolicy: { supportType: "STANDARD" }, // extended support costs six times as much
      ...credentialOptions(identity),
      tags,
    },
    { provider, dependsOn: logGroup },
  );
  const kubeconfigFor = (principal: AwsIdentity) =>
    owned.kubeconfigJson.apply((text) => withTokenCommand(text, tokenCommand(principal, settings.name)));
  return {
    name: owned.eksCluster.name,
    arn: owned.eksCluster.arn,
    // eks.Cluster.clusterSecurityGroupId is another group: nodes with that group would never join.
    securityGroupId: owned.eksCluster.vpcConfig.clusterSecurityGroupId,
    kubernetes: createKubernetesProvider({ kubeconfig: providerKubeconfig(identity, kubeconfigFor), clusterIdentifier: settings.name }),
    kubeconfigFor,
    owned,
  };
}

/** For the kubeconfig that the component itself makes; no resource is made with it. It knows one profile and one role. */
function credentialOptions(identity: AwsIdentity): Pick<eks.ClusterArgs, "providerCredentialOpts"> {
  const { base, roles } = identity;
  const options = {
    ...(base.kind === "profile" && { profileName: base.profile }),
    ...(roles[0] && { roleArn: roles[0].roleArn }),
  };
  return needsProgram(identity) || Object.keys(options).length === 0 ? {} : { providerCredentialOpts: options };
}

/** The command that fetches a token may hold keys or an external id of the stack. */
const providerKubeconfig = (identity: AwsIdentity, kubeconfigFor: Cluster["kubeconfigFor"]): pulumi.Output<string> =>
  identity.secret ? pulumi.secret(kubeconfigFor(identity)) : kubeconfigFor(identity);

/**
 * Without a key EKS makes this group itself when it writes the first log. It must be there before, because EKS makes it without a key.
 * https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
 */
function createLogGroup(clusterName: string, kmsKeyId: string, { tags, provider }: Site): aws.cloudwatch.LogGroup {
  return new aws.cloudwatch.LogGroup("control-plane-logs", { name: `/aws/eks/${clusterName}/cluster`, kmsKeyId, tags }, { provider });
}

function adoptCluster(site: Site, settings: AdoptedCluster): Cluster {
  const existing = aws.eks.getClusterOutput({ name: settings.name }, { provider: site.provider });
  const identity = awsIdentityOf(site.settings);
  const kubeconfigFor = (principal: AwsIdentity) =>
    pulumi.all([existing.endpoint, existing.certificateAuthorities]).apply(([server, authorities]) =>
      tokenKubeconfig({
        ...{ name: settings.name, server, certificateAuthorityData: authorities[0]?.data ?? "" },
        token: tokenCommand(principal, settings.name),
      }),
    );
  return {
    name: existing.name,
    arn: existing.arn,
    securityGroupId: existing.vpcConfig.clusterSecurityGroupId,
    kubernetes: createKubernetesProvider({
      ...{ kubeconfig: settings.kubeconfig ?? providerKubeconfig(identity, kubeconfigFor), clusterIdentifier: settings.name },
      ...given(settings, "context"),
    }),
    kubeconfigFor,
    owned: undefined,
  };
}

function accessEntries(administrators: string[]): NonNullable<eks.ClusterArgs["accessEntries"]> {
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  const accessPolicies = { admin: { policyArn, accessScope: { type: "cluster" } } };
  return Object.fromEntries(administrators.map((principalArn, index) => [`administrator-${index}`, { principalArn, accessPolicies }]));
}

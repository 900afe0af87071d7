/** The EKS cluster and the nodes for controllers: made for this stack, or found. */
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tokenPrincipalOf } from "../../environment/awsConfiguration";
import type { AdoptedCluster, CreatedCluster } from "../../environment/environment";
import type { Network } from "./network";
import type { Site } from "./site";
import { tokenKubeconfig } from "../../environment/tokenKubeconfig";

export interface Cluster {
  /** Resolves when the cluster is there. */
  name: pulumi.Output<string>;
  /** The group that EKS made for the cluster and that every node carries. */
  securityGroupId: pulumi.Output<string>;
  kubernetes: k8s.Provider;
  /** The cluster of this stack: what dies with it needs no delete call of its own. Undefined on an adopted cluster. */
  owned: eks.Cluster | undefined;
}

export function cluster(here: Site, net: Network): Cluster {
  const { cluster: plan } = here.settings;
  return plan.kind === "create" ? createdCluster(here, plan, net) : adoptedCluster(here, plan);
}

function createdCluster({ environment, settings: wholePlan, tags, provider }: Site, plan: CreatedCluster, net: Network): Cluster {
  const { profile, roleArn } = tokenPrincipalOf(wholePlan);
  const reachableFromOutside = plan.publicAccessCidrs.length > 0;
  const owned = new eks.Cluster(
    "cluster",
    {
      name: plan.name,
      version: plan.version,
      authenticationMode: "API",
      accessEntries: accessEntries(plan.administrators),
      vpcId: net.vpcId,
      privateSubnetIds: net.controlPlaneSubnetIds,
      endpointPrivateAccess: true,
      endpointPublicAccess: reachableFromOutside,
      ...(reachableFromOutside && { publicAccessCidrs: plan.publicAccessCidrs }),
      enabledClusterLogTypes: ["api", "audit", "authenticator"],
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      createOidcProvider: false, // Pod Identity serves
      // Add-ons come from platform.ts. The self-managed copies would have to be off from the first create: later it replaces the cluster.
      bootstrapSelfManagedAddons: false,
      useDefaultVpcCni: true,
      kubeProxyAddonOptions: { enabled: false },
      corednsAddonOptions: { enabled: false },
      deletionProtection: environment.protect,
      upgradePolicy: { supportType: "STANDARD" }, // extended support costs six times as much
      ...((profile ?? roleArn) && {
        providerCredentialOpts: { ...(profile && { profileName: profile }), ...(roleArn && { roleArn }) },
      }),
      tags,
    },
    { provider },
  );
  return {
    name: owned.eksCluster.name,
    // eks.Cluster.clusterSecurityGroupId is another group: nodes that carried it would never join.
    securityGroupId: owned.eksCluster.vpcConfig.clusterSecurityGroupId,
    kubernetes: kubernetesProvider({ kubeconfig: owned.kubeconfigJson, clusterIdentifier: plan.name }),
    owned,
  };
}

function adoptedCluster({ settings: wholePlan, provider }: Site, plan: AdoptedCluster): Cluster {
  const principal = tokenPrincipalOf(wholePlan);
  const found = aws.eks.getClusterOutput({ name: plan.name }, { provider });
  const kubeconfig =
    plan.kubeconfig ??
    pulumi.all([found.endpoint, found.certificateAuthorities]).apply(([server, authorities]) =>
      tokenKubeconfig({
        name: plan.name,
        region: wholePlan.region,
        server,
        certificateAuthorityData: authorities[0]?.data ?? "",
        ...principal,
      }),
    );
  return {
    name: found.name,
    securityGroupId: found.vpcConfig.clusterSecurityGroupId,
    kubernetes: kubernetesProvider({ kubeconfig, clusterIdentifier: plan.name, ...(plan.context && { context: plan.context }) }),
    owned: undefined,
  };
}

/** `clusterIdentifier` is plain: without it a kubeconfig that is not known yet previews as a new cluster, and everything on it as replaced. */
export function kubernetesProvider(args: k8s.ProviderArgs): k8s.Provider {
  return new k8s.Provider("kubernetes", args);
}

function accessEntries(administrators: string[]): NonNullable<eks.ClusterArgs["accessEntries"]> {
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  const accessPolicies = { admin: { policyArn, accessScope: { type: "cluster" } } };
  return Object.fromEntries(administrators.map((principalArn, index) => [`administrator-${index}`, { principalArn, accessPolicies }]));
}

/** The EKS cluster and the nodes for controllers: made for this stack, or found. */
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { AdoptedCluster, CreatedCluster } from "./environmentTypes";
import type { Network } from "./network";
import type { Site } from "./site";

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
  const { cluster: plan } = here.plan;
  return plan.kind === "create" ? createdCluster(here, plan, net) : adoptedCluster(here, plan);
}

function createdCluster({ environment, tags, provider }: Site, plan: CreatedCluster, net: Network): Cluster {
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
      ...(plan.accessRoleArn && { providerCredentialOpts: { roleArn: plan.accessRoleArn } }),
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

function adoptedCluster({ plan: { region }, provider }: Site, plan: AdoptedCluster): Cluster {
  const found = aws.eks.getClusterOutput({ name: plan.name }, { provider });
  const kubeconfig =
    plan.kubeconfig ??
    pulumi
      .all([found.endpoint, found.certificateAuthorities])
      .apply(([endpoint, authorities]) =>
        JSON.stringify(tokenKubeconfig(plan.name, region, endpoint, authorities[0]?.data ?? "", plan.accessRoleArn)),
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

/** A kubeconfig that fetches a short-lived token at every use, so that none is stored. */
function tokenKubeconfig(name: string, region: string, server: string, certificateAuthorityData: string, roleArn: string | undefined) {
  const token = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"];
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: roleArn ? [...token, "--role-arn", roleArn] : token,
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": certificateAuthorityData } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
}

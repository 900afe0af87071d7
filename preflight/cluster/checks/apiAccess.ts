/** Whether this machine reaches the Kubernetes API. For an adopted cluster it asks; for a created one the public address decides. */
import { containsCidr, parseCidr, type Cidr } from "../../../components/cidr";
import { problem, type Problem, type ProblemParts } from "../../../sizing/problem";
import { shellCommand } from "../../../sizing/shellCommand";
import { lastRoleOf } from "../../../environment/awsIdentity";
import type { AdoptedCluster, AwsEnvironment, CreatedCluster } from "../../../environment/environment";
import type { Check, Finding, Surroundings } from "../../check";
import { ClusterRefusal, ClusterUnreachable, type Obstacle } from "../clusterErrors";
import { hasCode, Unanswered } from "../../unanswered";

/** A service of Amazon. It answers with the IPv4 address of the request and nothing else. */
export const addressService = "https://checkip.amazonaws.com";

export const apiAccess: Check = {
  name: "api-access",
  question: ({ aws: { cluster }, cluster: api }) => {
    if (cluster.kind === "adopt") return api && `Does the Kubernetes API of ${cluster.name} answer this machine?`;
    // Before it exists, nothing can be asked about a cluster that only the VPC will reach.
    if (cluster.publicAccessCidrs.length === 0) return undefined;
    return `Is this machine's public address in cluster.publicAccessCidrs (${cluster.publicAccessCidrs.join(", ")})?`;
  },
  operations: ["eks:DescribeCluster"],
  ask: (surroundings) => {
    const { aws, machine } = surroundings;
    return aws.cluster.kind === "adopt" ? askApi(surroundings, aws.cluster) : compareAddress(aws, aws.cluster, machine);
  },
};

const unreachable = (parts: Omit<ProblemParts, "code">): Problem => problem({ code: "api-unreachable", ...parts });

async function compareAddress({ network }: AwsEnvironment, cluster: CreatedCluster, machine: Surroundings["machine"]): Promise<Finding> {
  const { publicAccessCidrs } = cluster;
  const address = await machine.text(addressService);
  const range = parseCidr(`${address}/32`);
  if (range === undefined)
    throw new Unanswered(`${addressService} answered ${JSON.stringify(address.slice(0, 40))}, which is not an IPv4 address`);
  const admitting = publicAccessCidrs.find((cidr) => admits(cidr, range));
  if (admitting !== undefined) return { answer: `${address} is in ${admitting}`, problems: [] };
  const adoptedNetwork = network.kind === "adopt";
  const notAdmitted = unreachable({
    // A machine inside an adopted VPC uses the cluster's private address, whatever its public address is.
    severity: adoptedNetwork ? "warning" : "error",
    path: "cluster.publicAccessCidrs",
    message: `The Kubernetes API will admit only ${publicAccessCidrs.join(", ")}, and this machine's address is ${address}: Pulumi could create nothing on the cluster${adoptedNetwork ? `, unless this machine is in ${network.vpcId}` : ""}.`,
    fix: `Add ${address}/32, run Pulumi from an address in the list, or set [] when it runs inside the VPC.`,
    changes: [{ path: `cluster.publicAccessCidrs[${publicAccessCidrs.length}]`, value: `${address}/32` }],
  });
  return { answer: `no range contains ${address}`, problems: [notAdmitted] };
}

function admits(cidr: string, address: Cidr): boolean {
  const range = parseCidr(cidr);
  return range !== undefined && containsCidr(range, address);
}

async function askApi({ aws, account, cluster: api }: Surroundings, adopted: AdoptedCluster): Promise<Finding> {
  const [described, answered] = await Promise.allSettled([
    // The program looks up the cluster by its name, whatever the kubeconfig says. If AWS denies that, the cluster may still answer.
    account.call("eks:DescribeCluster", { name: adopted.name }),
    // Every principal with a valid token may read it (system:public-info-viewer).
    api?.get<{ gitVersion?: string }>("/version"),
  ]);
  if (described.status === "rejected" && hasCode(described.reason, "ResourceNotFoundException")) return notThere(adopted, aws.region);
  if (answered.status === "rejected") {
    const { reason } = answered as { reason: unknown };
    if (reason instanceof ClusterUnreachable) return noConnection(adopted, reason);
    if (reason instanceof ClusterRefusal && reason.status === 401) return unknownPrincipal(adopted, lastRoleOf(aws), reason.message);
    throw reason;
  }
  const { gitVersion } = answered.value ?? {};
  if (!gitVersion) throw new Unanswered("GET /version answered without gitVersion; the server is not a Kubernetes API");
  return { answer: `it answers: Kubernetes ${gitVersion}`, problems: [] };
}

function notThere({ name }: AdoptedCluster, region: string): Finding {
  const answer = `EKS in ${region} has no cluster ${name}`;
  const unreachableApi = unreachable({
    path: "cluster.name",
    message: `cluster.name is ${name}, but EKS in ${region} has no such cluster.`,
    fix: `Set cluster.name to one that ${shellCommand("aws", "eks", "list-clusters", "--region", region)} prints, or set aws:region to the cluster's region.`,
  });
  return { answer, problems: [unreachableApi] };
}

function noConnection(adopted: AdoptedCluster, { obstacle, message }: ClusterUnreachable): Finding {
  const unreachableApi = unreachable({
    path: adopted.kubeconfig === undefined ? "cluster.name" : "cluster.kubeconfig",
    message: `The Kubernetes API of ${adopted.name} cannot be reached from here: ${message}.`,
    fix: fixOf(adopted, obstacle),
  });
  return { answer: message, problems: [unreachableApi] };
}

function fixOf({ name, kubeconfig, context }: AdoptedCluster, obstacle: Obstacle): string {
  switch (obstacle) {
    case "connection":
      return `Connect to its network (VPN, or a runner inside the VPC), or admit this machine's address: ${shellCommand("aws", "eks", "describe-cluster", "--name", name, "--query", "cluster.resourcesVpcConfig")} shows publicAccessCidrs.`;
    case "credentials":
      return kubeconfig === undefined
        ? `Give the AWS CLI credentials where Pulumi runs (AWS_PROFILE, aws sso login): ${shellCommand("aws", "eks", "get-token", "--cluster-name", name)} shows the same error.`
        : "Run the command that the kubeconfig names for its user (exec); it shows the same error.";
    case "kubeconfig":
      return `Correct ${kubeconfig === undefined ? "cluster.context" : "cluster.kubeconfig"}${kubeconfig !== undefined && context !== undefined ? " or cluster.context" : ""}: kubectl config get-contexts lists the contexts of a file.`;
  }
}

function unknownPrincipal({ name }: AdoptedCluster, roleArn: string | undefined, reason: string): Finding {
  const who = roleArn ?? "<the Arn that aws sts get-caller-identity prints>";
  const unreachableApi = unreachable({
    path: "cluster.accessRoleArn",
    message: `The Kubernetes API of ${name} answers, but does not accept the principal: 401 ${reason}.`,
    fix: `Give the principal access: ${shellCommand("aws", "eks", "create-access-entry", "--cluster-name", name, "--principal-arn", who)}, then aws eks associate-access-policy with AmazonEKSClusterAdminPolicy; or set cluster.accessRoleArn to a role that has it.`,
  });
  return { answer: `401 ${reason}`, problems: [unreachableApi] };
}

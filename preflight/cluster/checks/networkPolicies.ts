/** Whether anything on an adopted cluster enforces NetworkPolicies. The Kubernetes API accepts them in any case. */
import { problem } from "../../../sizing/problem";
import type { Check, ClusterApi, Finding } from "../../check";
import { list, placeOf, type Workload } from "../kubernetesObjects";

const daemonSetsPath = "/apis/apps/v1/daemonsets";
/** Switches the controller in the control plane on, which the agents on the nodes depend on. */
const switchPath = "/api/v1/namespaces/kube-system/configmaps/amazon-vpc-cni";
const switchKey = "enable-network-policy-controller";

export const networkPolicies: Check = {
  name: "network-policies",
  question: ({ aws, cluster }) => cluster && `Does ${aws.cluster.name} enforce NetworkPolicies?`,
  operations: ["eks:DescribeCluster"],
  ask: async ({ aws, cluster }) =>
    cluster ? judge(aws.cluster.name, await findPlugins(cluster)) : { answer: "no cluster yet", problems: [] },
};

interface Plugin {
  where: string;
  /** Why it does not enforce them. */
  flaw?: string;
}

async function findPlugins(cluster: ClusterApi): Promise<Plugin[]> {
  const daemonSets = await list<Workload>(cluster, daemonSetsPath);
  const others = daemonSets.filter(isPolicyPlugin).map(describePlugin);
  if (others.some(({ flaw }) => flaw === undefined)) return others;
  const own = daemonSets.filter(({ metadata }) => metadata.name === "aws-node");
  if (own.length === 0) return others;
  const settings = await cluster.get<{ data?: Record<string, string> }>(switchPath);
  return [...others, ...own.map((each) => describeVpcCni(each, settings?.data?.[switchKey]))];
}

/** Plugins that enforce policies unless they are configured not to: https://kubernetes.io/docs/concepts/cluster-administration/addons/ */
const policyPlugins = /^(cilium|calico-node|antrea-agent|kube-router|kindnet|weave-net|ovnkube-node)$/;

const isPolicyPlugin = ({ metadata }: Workload): boolean =>
  policyPlugins.test(metadata.name) || policyPlugins.test(metadata.labels?.["k8s-app"] ?? "");

function describePlugin({ metadata, status }: Workload): Plugin {
  const desired = status?.desiredNumberScheduled ?? 0;
  const isDown = desired > 0 && (status?.numberReady ?? 0) === 0;
  return { where: placeOf(metadata), ...(isDown && { flaw: `0 of ${desired} pods are ready` }) };
}

const agentFlag = /^--enable-network-policy(?:=(.*))?$/;

/**
 * The agent is a second container with a flag, off by default, and acts on what the controller writes:
 * https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
 */
function describeVpcCni({ metadata, spec }: Workload, controllerSwitch: string | undefined): Plugin {
  const where = placeOf(metadata);
  const words = (spec?.template?.spec?.containers ?? []).flatMap(({ command = [], args = [] }) => [...command, ...args]);
  const given = words.map((word) => agentFlag.exec(word)).find((match) => match !== null);
  if (!given) return { where, flaw: "its agent for policies is missing" };
  const value = given[1] ?? "true";
  if (value !== "true") return { where, flaw: `its agent has --enable-network-policy=${value}` };
  if (controllerSwitch === "true") return { where };
  return { where, flaw: `${switchKey} in the ConfigMap kube-system/amazon-vpc-cni is ${controllerSwitch ?? "not set"}` };
}

function judge(clusterName: string, plugins: Plugin[]): Finding {
  const working = plugins.find(({ flaw }) => flaw === undefined);
  if (working) return { answer: `${working.where} enforces them`, problems: [] };
  const answer =
    plugins.length === 0
      ? "no network plugin that is known to enforce them"
      : plugins.map(({ where, flaw }) => `${where} does not: ${flaw ?? ""}`).join("; ");
  return {
    answer,
    problems: [
      // Only a warning: a plugin that this list does not know may enforce them.
      problem({
        code: "cluster-part-missing",
        severity: "warning",
        path: "cluster.name",
        message:
          `${clusterName} seems not to enforce NetworkPolicies (${answer}): then every pod of the cluster reaches the ports on which the ` +
          "engine's nodes exchange pickled objects, and can run code there.",
        fix: 'Add enableNetworkPolicy: "true" to the configuration values of the add-on vpc-cni, or install a plugin that enforces policies.',
      }),
    ],
  };
}

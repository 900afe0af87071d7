/** Whether EKS still offers the Kubernetes version of a cluster that this stack creates. */
import type { ClusterVersionInformation } from "@aws-sdk/client-eks";
import { defaultKubernetesVersion } from "../../../catalog/versions";
import { problem, type Problem } from "../../../sizing/problem";
import { given } from "../../../sizing/givenKeys";
import { compareVersions } from "../../../sizing/versions";
import type { Check } from "../../check";
import { allPages } from "../pages";
import { fieldOf, Unanswered } from "../../unanswered";

export const kubernetesVersion: Check = {
  name: "kubernetes-version",
  operations: ["eks:DescribeClusterVersions"],
  question({ environment: { today }, aws: { cluster, region } }) {
    return cluster.kind === "create" ? `Does EKS in ${region} support Kubernetes ${cluster.version} on ${today}?` : undefined;
  },
  async ask({ environment: { today }, aws: { cluster }, account }) {
    if (cluster.kind === "adopt") throw new Unanswered("an adopted cluster has its version");
    const versions = await allPages(async (nextToken) => {
      const answer = await account.call("eks:DescribeClusterVersions", given({ nextToken }, "nextToken"));
      return { items: field(answer.clusterVersions, "clusterVersions"), next: answer.nextToken };
    });
    const supported = versions
      .flatMap((row) => (isSupported(row, today) ? [field(row.clusterVersion, "clusterVersion")] : []))
      .sort(compareVersions);
    const offered = versions.find(({ clusterVersion }) => clusterVersion === cluster.version);
    const answer = `under standard support: ${supported.join(", ") || "none"}`;
    if (!offered) return { answer, problems: [unsupported(cluster.version, "EKS does not offer it", supported)] };
    if (isSupported(offered, today)) return { answer: `${cluster.version} until ${endOf(offered)}; ${answer}`, problems: [] };
    return { answer, problems: [unsupported(cluster.version, `standard support ended on ${endOf(offered)}`, supported)] };
  },
};

const field = fieldOf("eks:DescribeClusterVersions");

const endOf = ({ endOfStandardSupportDate }: ClusterVersionInformation): string =>
  field(endOfStandardSupportDate, "endOfStandardSupportDate").toISOString().slice(0, 10);

/** The last day of support counts as supported. */
const isSupported = (row: ClusterVersionInformation, today: string): boolean => today <= endOf(row);

function unsupported(version: string, reason: string, supported: string[]): Problem {
  const successor = supported.includes(defaultKubernetesVersion) ? defaultKubernetesVersion : supported.at(-1);
  return problem({
    code: "kubernetes-unsupported",
    path: "cluster.version",
    message: `Kubernetes ${version}: ${reason}. Versions under standard support: ${supported.join(", ") || "none"}.`,
    fix: successor === undefined ? "Choose a version that EKS offers." : `Create the cluster with ${successor}.`,
    changes: successor === undefined ? [] : [{ path: "cluster.version", value: successor }],
  });
}

/** Whether the Kubernetes version of an adopted cluster is under standard support on the day of the plan. */
import { findKubernetesVersion } from "../../../catalog/versions";
import { checkKubernetesVersion } from "../../../sizing/versions";
import type { Check } from "../../check";
import { Unanswered } from "../../unanswered";

export const clusterVersion: Check = {
  name: "cluster-version",
  question: ({ aws, cluster, environment }) =>
    cluster && `Is the Kubernetes version of ${aws.cluster.name} under standard support on ${environment.today}?`,
  operations: ["eks:DescribeCluster"],
  ask: async ({ cluster, environment }) => {
    const answer = await cluster?.get<{ major?: string; minor?: string; gitVersion?: string }>("/version");
    // EKS writes the minor version with a plus: 35+.
    const minor = /^\d+/.exec(answer?.minor ?? "")?.[0];
    if (answer?.major === undefined || minor === undefined) throw new Unanswered("GET /version answered without major and minor");
    const version = `${answer.major}.${minor}`;
    const row = findKubernetesVersion(version);
    const support = row ? `standard support until ${row.standardSupportEndsOn}` : "not in the catalog";
    return {
      answer: `${answer.gitVersion ?? version}, ${support}`,
      problems: checkKubernetesVersion(version, environment.today, false),
    };
  },
};

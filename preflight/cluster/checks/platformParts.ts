/** The parts of the platform on an adopted cluster: those set to `existing`, and those that this stack would install a second time. */
import type { Environment } from "../../../environment/environment";
import { platformPartNames } from "../../../environment/platformPartNames";
import { problem, type Problem } from "../../../sizing/problem";
import type { Check, Surroundings, ClusterApi } from "../../check";
import { isEarlierDeployment, isReleaseOfThisPackage } from "../kubernetesObjects";
import { partFacts, type SoughtPart } from "../partFacts";
import type { FoundPart } from "../partSearch";

export const platformParts: Check = {
  name: "platform-parts",
  question: (surroundings) => {
    if (!surroundings.cluster) return undefined;
    const called = partsToFind(surroundings, "existing").map((part) => partFacts[part].called);
    const { name } = surroundings.aws.cluster;
    return called.length === 0
      ? `Can this stack install its parts of the platform on ${name}?`
      : `Does ${name} have the parts of the platform that are set to existing (${called.join(", ")})?`;
  },
  operations: ["eks:DescribeCluster"],
  ask: async (surroundings) => {
    const { cluster, environment } = surroundings;
    if (!cluster) return { answer: "no cluster yet", problems: [] };
    const existing = partsToFind(surroundings, "existing");
    const earlier = once(() => isEarlierDeployment(cluster, environment));
    // One part that cannot be looked up must not hide the answers about the others.
    const [ofExisting, ofInstalled] = await Promise.all([
      Promise.allSettled(existing.map(async (part) => checkExisting(part, await partFacts[part].find(cluster, environment)))),
      Promise.allSettled(partsToFind(surroundings, "install").map((part) => checkToInstall(part, cluster, environment, earlier))),
    ]);
    const all = [...ofExisting, ...ofInstalled];
    const problems = all.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    const refusals = all.flatMap((each) => (each.status === "rejected" ? [each.reason as Error] : []));
    if (refusals[0] && problems.length === 0) throw refusals[0];
    const atWork = ofExisting.filter((each) => each.status === "fulfilled" && each.value.length === 0).length;
    const taken = ofInstalled.filter((each) => each.status === "fulfilled" && each.value.length > 0).length;
    const answer = [
      ...(existing.length === 0 ? [] : [`${atWork} of ${existing.length} are there and work`]),
      ...(ofInstalled.length === 0 ? [] : [`${taken} of ${ofInstalled.length} to install are already there`]),
      ...(refusals[0] ? [`${refusals.length} could not be looked up: ${refusals[0].message}`] : []),
    ];
    return { answer: answer.join("; "), problems };
  },
};

/** The environment may not need an existing part. Parts to install are always installed, except the load balancer controller. */
const partsToFind = ({ aws, environment }: Surroundings, wanted: "install" | "existing"): SoughtPart[] =>
  (Object.keys(partFacts) as SoughtPart[]).filter(
    (part) =>
      aws.platform[part] === wanted &&
      ((wanted === "install" && part !== "loadBalancerController") || partFacts[part].needed(environment, aws)),
  );

function checkExisting(part: SoughtPart, found: FoundPart | undefined): Problem[] {
  const { called, severity, without } = partFacts[part];
  if (found && found.flaw === undefined) return [];
  const what = found?.flaw ? `and ${found.where} is there, but ${found.flaw.what}` : "but it is not on the cluster";
  return [
    problem({
      code: "cluster-part-missing",
      severity,
      path: `platform.${part}`,
      message: `platform.${part} says that the cluster has the ${called}, ${what}: ${without}.`,
      // Installing a second one beside one that does not work would only be the next problem.
      fix: found?.flaw ? `${found.flaw.fix}.` : "Install it, or let this stack install it.",
      changes: found ? [] : [{ path: `platform.${part}`, value: "install" }],
    }),
  ];
}

async function checkToInstall(
  part: SoughtPart,
  cluster: ClusterApi,
  environment: Environment,
  earlier: () => Promise<boolean>,
): Promise<Problem[]> {
  const facts = partFacts[part];
  const found = await facts.find(cluster, environment);
  if (!found || (isOwn(part, found) && (await earlier()))) return [];
  const owner = found.release === undefined ? "" : ` of the Helm release ${found.release}`;
  return [
    problem({
      code: "cluster-part-present",
      severity: "warning",
      path: `platform.${part}`,
      message: `This stack would install the ${facts.called}, but ${found.where}${owner} is already on the cluster: ${facts.twice}.`,
      fix: "Use the existing one.",
      changes: [{ path: `platform.${part}`, value: "existing" }],
    }),
  ];
}

/** Nothing on the cluster says which stack asked EKS for an add-on. */
function isOwn(part: SoughtPart, { release }: FoundPart): boolean {
  return partFacts[part].installedBy === "addon" || (release !== undefined && isReleaseOfThisPackage(release, platformPartNames[part]));
}

function once<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  return () => (answer ??= ask());
}

/** The LeaderWorkerSet kind and its controller: without a working controller no group gets pods, while the GPUs are billed. */
import { charts, requirements } from "../../../catalog/versions";
import {
  groupRestartPolicy,
  knowsGroupRestart,
  leaderWorkerSetDefinition,
} from "../../../components/vllmLeaderWorkerSet/leaderWorkerSetObjects";
import { platformPartNames } from "../../../environment/platformPartNames";
import { problem, type ProblemParts } from "../../../sizing/problem";
import { shellCommand } from "../../../sizing/shellCommand";
import type { Check, Finding, Surroundings, ClusterApi } from "../../check";
import { isEarlierDeployment, isReleaseOfThisPackage, list, placeOf, releaseOf, type Workload } from "../kubernetesObjects";

const definitionPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${leaderWorkerSetDefinition}`;
/** The controller of every release has it, by chart and by manifest: https://github.com/kubernetes-sigs/lws/blob/v0.10.0/config/manager/manager.yaml */
const controllerPath = `/apis/apps/v1/deployments?labelSelector=${encodeURIComponent("control-plane=controller-manager")}`;
const minimum = requirements.minimumLeaderWorkerSet.version;
const part = "platform.leaderWorkerSet";

interface Definition {
  spec?: { versions?: { name: string; served: boolean }[] };
}

export const leaderWorkerSet: Check = {
  name: "leader-worker-set",
  question: ({ aws, cluster, environment }) => {
    if (!cluster) return undefined;
    return aws.platform.leaderWorkerSet === "existing"
      ? `Does ${aws.cluster.name} run a LeaderWorkerSet controller, ${minimum} or newer?`
      : `Can this stack install the LeaderWorkerSet controller ${environment.defaults.charts.leaderWorkerSet.version} on ${aws.cluster.name}?`;
  },
  operations: ["eks:DescribeCluster"],
  ask: async (surroundings) => {
    const { aws, cluster } = surroundings;
    if (!cluster) return { answer: "no cluster yet", problems: [] };
    const [definition, controller] = await Promise.all([cluster.get<Definition>(definitionPath), findController(cluster)]);
    return aws.platform.leaderWorkerSet === "existing"
      ? checkExisting(definition, controller)
      : checkToInstall(surroundings, definition, controller);
  },
};

/** Other controllers have the same label: every project made with Kubebuilder does. */
async function findController(cluster: ClusterApi): Promise<Workload | undefined> {
  const deployments = await list<Workload>(cluster, controllerPath);
  return deployments.find(
    ({ metadata, spec }) =>
      metadata.labels?.["app.kubernetes.io/name"] === "lws" ||
      spec?.template?.spec?.containers?.some(({ image }) => /(^|\/)lws([:@]|$)/.test(image ?? "")),
  );
}

function checkExisting(definition: Definition | undefined, controller: Workload | undefined): Finding {
  if (definition === undefined)
    return badFinding("there is no LeaderWorkerSet kind", {
      message: `platform.leaderWorkerSet says that the cluster has the controller, but the cluster has no ${leaderWorkerSetDefinition}.`,
      fix: `Install the controller (docs/operations.md), or let this stack install ${charts.leaderWorkerSet.version}.`,
      changes: [{ path: part, value: "install" }],
    });
  const age = tooOld(definition);
  if (age !== undefined)
    return badFinding(age, {
      message: `The cluster's LeaderWorkerSet controller is too old: ${age}, which ${minimum} introduced.`,
      fix: `Upgrade its definition and its controller, for example to ${charts.leaderWorkerSet.version} (docs/operations.md). Helm does not upgrade definitions; use kubectl apply --server-side.`,
    });
  const readyReplicas = controller?.status?.readyReplicas ?? 0;
  if (controller && readyReplicas > 0) return { answer: `${placeOf(controller.metadata)} has ${readyReplicas} ready`, problems: [] };
  const state = controller
    ? `${placeOf(controller.metadata)} has 0 of ${controller.spec?.replicas ?? 1} replicas ready`
    : "no Deployment runs it";
  return badFinding(state, {
    message: `The cluster has the LeaderWorkerSet kind, but its controller does not run: ${state}. Helm leaves the kind behind when it removes the controller.`,
    fix: controller
      ? `Run ${shellCommand("kubectl", "describe", "deployment", "-n", controller.metadata.namespace ?? "default", controller.metadata.name)} to see why.`
      : "Install the controller again, or let this stack do it.",
    changes: controller ? [] : [{ path: part, value: "install" }],
  });
}

function tooOld({ spec }: Definition): string | undefined {
  if (!spec?.versions?.some(({ name, served }) => name === "v1" && served)) return "its definition does not serve v1";
  return knowsGroupRestart(spec) ? undefined : `its definition does not know ${groupRestartPolicy}`;
}

async function checkToInstall(
  { environment, cluster }: Surroundings,
  definition: Definition | undefined,
  controller: Workload | undefined,
): Promise<Finding> {
  if (controller) {
    const release = releaseOf(controller.metadata);
    const ours = release !== undefined && isReleaseOfThisPackage(release, platformPartNames.leaderWorkerSet);
    if (ours && (await isEarlierDeployment(cluster, environment)))
      return { answer: `already installed as release ${release}`, problems: [] };
    const who = release === undefined ? placeOf(controller.metadata) : `${placeOf(controller.metadata)} of the Helm release ${release}`;
    return badFinding(`${who} is already there`, {
      code: "cluster-part-present",
      severity: "warning",
      // Both charts give their webhook configurations the same names: https://github.com/kubernetes-sigs/lws/blob/v0.10.0/charts/lws/templates/webhook/webhook.yaml
      message: `${who} already runs on the cluster. Helm refuses a second one, because its webhook configurations have the same names.`,
      fix: "Use the existing one.",
      changes: [{ path: part, value: "existing" }],
    });
  }
  const age = definition && tooOld(definition);
  if (age === undefined)
    return { answer: definition ? "an earlier installation left its kind; Helm keeps it" : "it is not on the cluster", problems: [] };
  return badFinding(age, {
    code: "cluster-part-present",
    severity: "warning",
    message: `An older installation left its LeaderWorkerSet kind on the cluster: ${age}. Helm keeps it, and the API server would refuse this stack's groups.`,
    fix: `If nothing uses it (kubectl get lws -A), remove it: ${shellCommand("kubectl", "delete", "crd", leaderWorkerSetDefinition)}.`,
  });
}

function badFinding(answer: string, parts: Pick<ProblemParts, "message" | "fix"> & Partial<ProblemParts>): Finding {
  return { answer, problems: [problem({ code: "cluster-part-missing", path: part, ...parts })] };
}

/** Finds parts of the platform on a cluster, each by properties that all its releases share. */
import { shellCommand } from "../../sizing/shellCommand";
import { gpuNodeTaints, gpuTaintKey, instanceTypeLabel } from "../../components/gpuNodeScheduling";
import type { Environment } from "../../environment/environment";
import type { ClusterApi } from "../check";
import { list, placeOf, releaseOf, type Condition, type Metadata, type PodSpec, type Workload } from "./kubernetesObjects";

export interface FoundPart {
  /** The object that shows it is there. */
  where: string;
  /** Helm release that it belongs to. */
  release?: string | undefined;
  /** Why it does not work although it is there. */
  flaw?: Flaw | undefined;
}

interface Flaw {
  what: string;
  /** What to do about it, in words. */
  fix: string;
}

type Search = (cluster: ClusterApi, environment: Environment) => Promise<FoundPart | undefined>;

const daemonSetsPath = "/apis/apps/v1/daemonsets";

/** By its name, which charts derive from the release's, or by the name in the label that charts set. */
const isNamed =
  (name: RegExp, not?: RegExp) =>
  ({ metadata }: Workload): boolean =>
    !not?.test(metadata.name) && (name.test(metadata.name) || name.test(metadata.labels?.["app.kubernetes.io/name"] ?? ""));

export const findDaemonSets =
  (name: RegExp): Search =>
  async (cluster) => {
    const workloads = (await list<Workload>(cluster, daemonSetsPath)).filter(isNamed(name));
    return firstWorking(workloads.map((each) => ({ ...describeWorkload(each), flaw: notReady(each) })));
  };

/** A device plugin that no GPU node admits has no pods, so none of them fails. */
export const findDevicePlugins =
  (name: RegExp, not?: RegExp): Search =>
  async (cluster, { instance }) => {
    const workloads = (await list<Workload>(cluster, daemonSetsPath)).filter(isNamed(name, not));
    return firstWorking(
      workloads.map((each) => ({ ...describeWorkload(each), flaw: keptOff(each, instance.name, "it") ?? notReady(each) })),
    );
  };

const controllerPath = `/apis/apps/v1/deployments?labelSelector=${encodeURIComponent("app.kubernetes.io/name=aws-load-balancer-controller")}`;
const bindings = "targetgroupbindings.elbv2.k8s.aws";

export const findLoadBalancerController: Search = async (cluster) => {
  const bindingPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${bindings}`;
  const [deployments, binding] = await Promise.all([list<Workload>(cluster, controllerPath), cluster.get(bindingPath)]);
  const flawOf = ({ metadata, spec, status }: Workload): Flaw | undefined => {
    // EKS Auto Mode has another controller, with a TargetGroupBinding of another API group, which this package does not use.
    if (binding === undefined) return { what: `the cluster has no kind ${bindings}`, fix: "Apply the definitions of its chart (crds/)" };
    if ((status?.readyReplicas ?? 0) > 0) return undefined;
    return { what: `0 of ${spec?.replicas ?? 1} replicas are ready`, fix: `Run ${describeCommand("deployment", metadata)} to see why` };
  };
  return firstWorking(deployments.map((each) => ({ ...describeWorkload(each), flaw: flawOf(each) })));
};

/** The driver's pods on the GPU nodes mount the file system. */
export const findStorageDriver =
  (driver: string, pods: RegExp): Search =>
  async (cluster, { instance }) => {
    const [definition, workloads] = await Promise.all([
      cluster.get(`/apis/storage.k8s.io/v1/csidrivers/${driver}`),
      list<Workload>(cluster, daemonSetsPath),
    ]);
    if (definition === undefined) return undefined;
    const mounting = workloads.filter(({ metadata }) => pods.test(metadata.name));
    const flaws = mounting.map((each) => keptOff(each, instance.name, placeOf(each.metadata)) ?? notReady(each));
    return { where: `CSIDriver ${driver}`, flaw: flaws.every((flaw) => flaw !== undefined) ? flaws[0] : undefined };
  };

export const findMetricsApi =
  (service: string): Search =>
  async (cluster) => {
    const apiService = await cluster.get<{ status?: { conditions?: Condition[] } }>(
      `/apis/apiregistration.k8s.io/v1/apiservices/${service}`,
    );
    if (apiService === undefined) return undefined;
    const available = apiService.status?.conditions?.find(({ type }) => type === "Available");
    const what = `it is not available (${available?.reason ?? "no condition"})`;
    const fix = `Run ${shellCommand("kubectl", "describe", "apiservice", service)} to see why`;
    return { where: `APIService ${service}`, flaw: available?.status === "True" ? undefined : { what, fix } };
  };

const describeWorkload = ({ metadata }: Workload): FoundPart => ({ where: placeOf(metadata), release: releaseOf(metadata) });

const describeCommand = (kind: string, { namespace, name }: Metadata) =>
  shellCommand("kubectl", "describe", kind, "-n", namespace ?? "default", name);

/** If there are several, one that works is enough: clusters have DaemonSets for other kinds of nodes. */
const firstWorking = (found: FoundPart[]): FoundPart | undefined => found.find(({ flaw }) => flaw === undefined) ?? found[0];

function notReady({ metadata, status }: Workload): Flaw | undefined {
  const desired = status?.desiredNumberScheduled ?? 0;
  const ready = status?.numberReady ?? 0;
  if (desired === 0 || ready > 0) return undefined;
  return { what: `0 of ${desired} pods are ready`, fix: `Run ${describeCommand("daemonset", metadata)} to see why` };
}

/** Why none of its pods would run on a GPU node of this package. */
function keptOff({ metadata, spec }: Workload, instanceType: string, called: string): Flaw | undefined {
  const pod = spec?.template?.spec;
  const place = placeOf(metadata);
  if (!tolerates(pod))
    return {
      what: `${called} does not tolerate the taint ${gpuTaintKey} of the GPU nodes`,
      fix: `Give ${place} the toleration {key: ${gpuTaintKey}, operator: Exists, effect: NoSchedule}`,
    };
  if (admits(pod, instanceType)) return undefined;
  return {
    what: `${called} leaves out ${instanceType} by its node affinity`,
    fix: `Add ${instanceType} to the node affinity of ${place}`,
  };
}

function tolerates(pod: PodSpec | undefined): boolean {
  const taint = gpuNodeTaints().find(({ key }) => key === gpuTaintKey);
  return (pod?.tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      (key === undefined ? operator === "Exists" : key === gpuTaintKey) &&
      (operator === "Exists" || value === taint?.value) &&
      (effect === undefined || effect === "" || effect === "NoSchedule"),
  );
}

/** Judges only terms about instance types: the chart of the EFA plugin lists the types that its release knew. */
function admits(pod: PodSpec | undefined, instanceType: string): boolean {
  const terms = pod?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const holds = ({ key, operator, values }: { key: string; operator: string; values?: string[] }) =>
    key !== instanceTypeLabel || (operator === "In" ? values?.includes(instanceType) === true : true);
  return terms.length === 0 || terms.some(({ matchExpressions }) => (matchExpressions ?? []).every(holds));
}

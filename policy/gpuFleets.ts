/** Everything in a program that can launch instances with accelerators: their types, and how many at most. */
import { findInstanceType, isAccelerated } from "../catalog/instanceTypes";
import { isUnknown, launchTemplateType, listAt, valueAt, type CheckedResource } from "./checkedResource";
import { autoScalingGroupType, instanceTypes, launchConfigurationType } from "./instances";

export interface GpuFleet {
  resource: CheckedResource;
  /** AWS may choose any of these. */
  instanceTypes: string[];
  /** The most that may run at once. */
  count: number;
  /** The input that holds the count. */
  path: string;
}

type Fleet = Omit<GpuFleet, "resource">;
type Reader = (resource: CheckedResource, resources: readonly CheckedResource[]) => Fleet | undefined;

export function findGpuFleets(resources: readonly CheckedResource[]): GpuFleet[] {
  const fleets = resources.flatMap((resource): GpuFleet[] => {
    const fleet = readerOf(resource.type)?.(resource, resources);
    return fleet && hasAccelerators(fleet, resource) ? [{ resource, ...fleet }] : [];
  });
  return fleets.map((fleet) => ({ ...fleet, count: fleet.count - countInside(fleet, fleets, resources) })).filter(({ count }) => count > 0);
}

const reservationType = "aws:ec2/capacityReservation:CapacityReservation";

/** Instances that fleets of the same program launch into a reservation, themselves or by their template: they are counted there. */
function countInside({ resource: { type, urn } }: GpuFleet, fleets: readonly GpuFleet[], resources: readonly CheckedResource[]): number {
  if (type !== reservationType) return 0;
  const launchInto = new Set(resources.filter(({ dependsOn }) => dependsOn.includes(urn)).map((each) => each.urn));
  const inside = fleets.filter(({ resource }) => launchInto.has(resource.urn) || resource.dependsOn.some((each) => launchInto.has(each)));
  return inside.reduce((sum, { count }) => sum + count, 0);
}

const hasAccelerators = ({ instanceTypes: types }: Fleet, { inputs }: CheckedResource): boolean =>
  types.some((type) => findInstanceType(type)?.gpu !== undefined || isAccelerated(type)) || /NVIDIA|NEURON/i.test(String(inputs.amiType));

function readerOf(type: string): Reader | undefined {
  if (type === "aws:eks/nodeGroup:NodeGroup" || type === "eks:index:ManagedNodeGroup") return readNodeGroup;
  if (/^eks:index:(NodeGroup|NodeGroupV2|Cluster)$/.test(type)) return readSelfManaged;
  if (type === autoScalingGroupType) return readAutoScalingGroup;
  if (instanceTypes.includes(type)) return (resource, resources) => ({ ...typesOf(resource, resources), count: 1, path: "instanceType" });
  return otherReaders[type];
}

const otherReaders: Readonly<Record<string, Reader>> = {
  // Reserved capacity is billed whether or not instances run in it.
  [reservationType]: (resource, resources) => ({
    ...typesOf(resource, resources),
    ...counted(resource, "instanceCount"),
  }),
  "aws:ec2/fleet:Fleet": (resource, resources) => ({
    ...typesOf(resource, resources, listAt(resource.inputs, "launchTemplateConfigs").flatMap(typesOfOverrides)),
    ...counted(resource, "targetCapacitySpecification", "totalTargetCapacity"),
  }),
  "aws:ec2/spotFleetRequest:SpotFleetRequest": (resource, resources) => ({
    ...typesOf(resource, resources, [
      ...listAt(resource.inputs, "launchSpecifications").flatMap((each) => named(valueAt(each, "instanceType"))),
      ...listAt(resource.inputs, "launchTemplateConfigs").flatMap(typesOfOverrides),
    ]),
    ...counted(resource, "targetCapacity"),
  }),
};

/** EKS keeps the maximum at 1 or more: a group that asks for none and allows one is paused. */
const readNodeGroup: Reader = (resource, resources) => {
  const sizes = ["desiredSize", "maxSize"].map((key) => Number(valueAt(resource.inputs, "scalingConfig", key) ?? 0) || 0);
  const [desired = 0, most = 0] = sizes;
  const path = most > desired ? "scalingConfig.maxSize" : "scalingConfig.desiredSize";
  return { ...typesOf(resource, resources), count: desired === 0 && most <= 1 ? 0 : Math.max(desired, most), path };
};

/** Two instances, at most as many, are the component's default. */
const readSelfManaged: Reader = (resource, resources) => {
  if (resource.inputs.skipDefaultNodeGroup === true || resource.inputs.instanceType === undefined) return undefined;
  const sizes = ["desiredCapacity", "maxSize", "minSize"].map((key) => Number(resource.inputs[key] ?? 0) || 0);
  return { ...typesOf(resource, resources), count: Math.max(...sizes) || 2, path: "maxSize" };
};

const readAutoScalingGroup: Reader = (resource, resources) => {
  const overrides = valueAt(resource.inputs, "mixedInstancesPolicy", "launchTemplate");
  const sizes = ["desiredCapacity", "maxSize"].map((key) => Number(resource.inputs[key] ?? 0) || 0);
  return { ...typesOf(resource, resources, typesOfOverrides(overrides)), count: Math.max(...sizes), path: "maxSize" };
};

function counted({ inputs }: CheckedResource, ...path: string[]): Pick<Fleet, "count" | "path"> {
  return { count: Number(valueAt(inputs, ...path) ?? 0) || 0, path: path.join(".") };
}

const named = (value: unknown): string[] => (typeof value === "string" && !isUnknown(value) ? [value] : []);

const typesOfOverrides = (holder: unknown): string[] => listAt(holder, "overrides").flatMap((each) => named(valueAt(each, "instanceType")));

/** The types that it names itself, else those of the launch templates and configurations that it depends on. */
function typesOf(
  { inputs, dependsOn }: CheckedResource,
  resources: readonly CheckedResource[],
  overrides: string[] = [],
): Pick<Fleet, "instanceTypes"> {
  const own = [...overrides, ...listAt(inputs, "instanceTypes").flatMap(named), ...named(inputs.instanceType)];
  if (own.length > 0) return { instanceTypes: [...new Set(own)] };
  const launching = resources.filter(
    ({ type, urn }) => [launchTemplateType, launchConfigurationType].includes(type) && dependsOn.includes(urn),
  );
  return { instanceTypes: [...new Set(launching.flatMap((template) => named(template.inputs.instanceType)))] };
}

/** GPU nodes do not cost more an hour than the ceiling that you set. */
import { findInstanceType } from "../../catalog/instanceTypes";
import { onDemandPriceOf, priceRegion } from "../../catalog/prices";
import { launchTemplateType, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { stackRule, type Finding } from "../rule";

interface Settings {
  usdPerHour?: number;
}

interface GpuNodes {
  resource: CheckedResource;
  instanceType: string;
  count: number;
  /** Undefined where the catalog has no price. */
  usdEach?: number;
}

export const gpuSpendCeiling = stackRule<Settings>(
  {
    name: "gpu-spend-ceiling",
    description:
      `GPU node groups together stay below a ceiling in dollars an hour, at the catalog's on-demand list price of ${priceRegion} and the ` +
      "requested number of nodes: one digit too many costs more in an hour than most of these resources cost in a month.",
    source: "https://aws.amazon.com/ec2/pricing/on-demand/",
    settings: {
      usdPerHour: { type: "number", minimum: 0, description: "The ceiling in dollars an hour; without it there is no ceiling" },
    },
  },
  (resources, { usdPerHour }) => {
    if (usdPerHour === undefined) return [];
    const groups = resources.flatMap((resource) => findGpuNodes(resource, resources)).filter(({ count }) => count > 0);
    return [
      ...groups.flatMap((group) => (group.usdEach === undefined ? [unpriced(group, usdPerHour)] : [])),
      ...checkTotal(groups, usdPerHour),
    ];
  },
);

function findGpuNodes(resource: CheckedResource, resources: readonly CheckedResource[]): GpuNodes[] {
  if (resource.type !== "aws:eks/nodeGroup:NodeGroup") return [];
  const instanceType = instanceTypeOf(resource, resources);
  const isGpu = findInstanceType(instanceType)?.gpu !== undefined || /NVIDIA/.test(String(resource.inputs.amiType));
  const count = valueAt(resource.inputs, "scalingConfig", "desiredSize");
  if (!isGpu || typeof count !== "number") return [];
  const price = onDemandPriceOf(instanceType, priceRegion);
  return [{ resource, instanceType, count, ...(price && { usdEach: price.usd }) }];
}

/** Capacity blocks need the type in the launch template. EKS tries the first of several types first. */
function instanceTypeOf({ inputs, dependsOn }: CheckedResource, resources: readonly CheckedResource[]): string {
  const [own] = listAt(inputs, "instanceTypes");
  const template = resources.find(({ type, urn }) => type === launchTemplateType && dependsOn.includes(urn));
  return String(own ?? template?.inputs.instanceType ?? "");
}

function unpriced({ resource, instanceType, count }: GpuNodes, ceiling: number): Finding {
  return {
    ...{ resource, path: "instanceTypes", value: `${count} × ${instanceType || "an unknown type"}` },
    rule: `the ceiling is $${ceiling} an hour, and the catalog has no on-demand price for this type`,
    fix: "Use a type with a price, or leave gpu-spend-ceiling.usdPerHour out",
  };
}

function checkTotal(groups: readonly GpuNodes[], ceiling: number): Finding[] {
  const total = groups.reduce((sum, { count, usdEach = 0 }) => sum + count * usdEach, 0);
  const [dearest] = [...groups].sort((a, b) => b.count * (b.usdEach ?? 0) - a.count * (a.usdEach ?? 0));
  if (!dearest || total <= ceiling) return [];
  const value = groups.map(({ count, instanceType, usdEach = 0 }) => `${count} × ${instanceType} at $${usdEach.toFixed(2)}`).join(" + ");
  return [
    {
      ...{ resource: dearest.resource, path: "scalingConfig.desiredSize", value },
      rule: `$${total.toFixed(2)} an hour is more than the ceiling of $${ceiling}`,
      fix: "Lower nodeCount, choose a smaller instanceType, or raise gpu-spend-ceiling.usdPerHour",
    },
  ];
}

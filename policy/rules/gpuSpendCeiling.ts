/** GPU nodes do not cost more an hour than the ceiling that you set. */
import { onDemandPriceOf, priceRegion } from "../../catalog/prices";
import { findGpuFleets, type GpuFleet } from "../gpuFleets";
import { stackRule, type Finding } from "../rule";

interface Settings {
  usdPerHour?: number;
}

interface PricedFleet extends GpuFleet {
  /** The dearest of its types. */
  instanceType: string;
  /** Undefined where the catalog has no price of one of its types. */
  usdEach?: number;
}

export const gpuSpendCeiling = stackRule<Settings>(
  {
    name: "gpu-spend-ceiling",
    description:
      `GPU nodes together stay below a ceiling in dollars an hour, at the catalog's on-demand list price of ` +
      `${priceRegion}, the dearest of the ` +
      "types that AWS may choose, and the largest number of nodes that may run: one digit too many costs more in an " +
      "hour than most of these " +
      "resources cost in a month.",
    source: "https://aws.amazon.com/ec2/pricing/on-demand/",
    settings: {
      usdPerHour: { type: "number", minimum: 0, description: "The ceiling in dollars an hour; without it there is no ceiling" },
    },
  },
  (resources, { usdPerHour }) => {
    if (usdPerHour === undefined) return [];
    const fleets = findGpuFleets(resources).map(priced);
    return [
      ...fleets.flatMap((fleet) => (fleet.usdEach === undefined ? [unpriced(fleet, usdPerHour)] : [])),
      ...checkTotal(fleets, usdPerHour),
    ];
  },
);

/** A type without a price may be the dearest. */
function priced(fleet: GpuFleet): PricedFleet {
  const prices = fleet.instanceTypes.map((instanceType) => ({ instanceType, usd: onDemandPriceOf(instanceType, priceRegion)?.usd }));
  const unknown = prices.find(({ usd }) => usd === undefined);
  if (unknown || prices.length === 0) return { ...fleet, instanceType: unknown?.instanceType ?? "" };
  const [dearest] = prices.sort((one, other) => (other.usd ?? 0) - (one.usd ?? 0));
  return { ...fleet, instanceType: dearest?.instanceType ?? "", usdEach: dearest?.usd ?? 0 };
}

function unpriced({ resource, instanceType, count }: PricedFleet, ceiling: number): Finding {
  return {
    ...{ resource, path: "instanceTypes", value: `${count} × ${instanceType || "an unknown type"}` },
    rule: `the ceiling is $${ceiling} an hour, and the catalog has no on-demand price for this type`,
    fix: "Use a type with a price, or leave gpu-spend-ceiling.usdPerHour out",
  };
}

function checkTotal(fleets: readonly PricedFleet[], ceiling: number): Finding[] {
  const total = fleets.reduce((sum, { count, usdEach = 0 }) => sum + count * usdEach, 0);
  const [dearest] = [...fleets].sort((a, b) => b.count * (b.usdEach ?? 0) - a.count * (a.usdEach ?? 0));
  if (!dearest || total <= ceiling) return [];
  const value = fleets.map(({ count, instanceType, usdEach = 0 }) => `${count} × ${instanceType} at $${usdEach.toFixed(2)}`).join(" + ");
  return [
    {
      ...{ resource: dearest.resource, path: dearest.path, value },
      rule: `$${total.toFixed(2)} an hour is more than the ceiling of $${ceiling}`,
      fix: "Lower nodeCount, choose a smaller instanceType, or raise gpu-spend-ceiling.usdPerHour",
    },
  ];
}

/**
 * Whether capacity blocks of an instance type are sold where it is to run. A component knows no region, so this is a rule of environments.
 */
import { capacityBlockRegions } from "../catalog/regions";
import { problem, type Problem } from "../sizing/problem";

/** Refused only where the catalog's list of regions is complete: a region that an incomplete list lacks may have been added since. */
export function checkCapacityBlockRegion(capacityType: string, instanceType: string, region: string | undefined): Problem[] {
  const row = capacityBlockRegions.find(({ instanceTypes }) => instanceTypes.includes(instanceType));
  if (capacityType !== "capacityBlock" || region === undefined || !row?.complete || row.regions.includes(region)) return [];
  return [
    problem({
      code: "capacity-conflict",
      path: "capacity.type",
      message: `Capacity blocks of ${instanceType} are sold in ${row.regions.join(", ")} only, and the region is ${region}.`,
      fix: "Deploy in a region that sells them, or choose another capacity.type.",
    }),
  ];
}

/**
 * Checks whether AWS sells capacity blocks of an instance type in the region. This is a rule of environments, because a component does not
 * know the region.
 */
import { capacityBlockRegions } from "../catalog/regions";
import { problem, type Problem } from "../sizing/problem";

/** Refuses a region only if the catalog's list is complete: AWS may sell blocks in regions that an incomplete list lacks. */
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

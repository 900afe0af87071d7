/** Whether the catalog, from which fit and card layout are computed, says about the type what AWS says today. */
import type { InstanceTypeFacts } from "../../../catalog/instanceTypes";
import { problem, type Problem } from "../../../sizing/problem";
import type { Check } from "../../check";
import { catalogColumns, catalogRow, columnNames, readType, type DescribedType } from "../instanceTypeRow";
import { present, Unanswered } from "../../unanswered";

export const instanceTypeFacts: Check = {
  name: "instance-type-facts",
  operations: ["ec2:DescribeInstanceTypes"],
  question: ({ environment: { instance } }) => `Does the catalog describe ${instance.name} as AWS does?`,
  async ask({ environment: { instance }, aws, account }) {
    const { InstanceTypes } = await account.call("ec2:DescribeInstanceTypes", {
      Filters: [{ Name: "instance-type", Values: [instance.name] }],
    });
    const info = present(InstanceTypes, "ec2:DescribeInstanceTypes", "InstanceTypes")[0];
    // The check `instance-type-offered` says that the type is not sold here.
    if (!info) throw new Unanswered(`${aws.region} does not describe the type ${instance.name}`);
    const described = readType(info);
    const { vcpus, gpus, networkCards, efaInterfaces } = described;
    return {
      answer: `${vcpus} vCPUs, ${gpus} GPUs, ${networkCards} network cards, ${efaInterfaces} EFA devices`,
      problems: driftProblems(instance, described),
    };
  },
};

function driftProblems(type: InstanceTypeFacts, described: DescribedType): Problem[] {
  const known = catalogColumns(type);
  const columns = (Object.keys(columnNames) as (keyof DescribedType)[]).filter((column) => known[column] !== described[column]);
  if (columns.length === 0) return [];
  const differences = columns.map((column) => `${described[column]} ${columnNames[column]} (catalog: ${known[column]})`);
  const otherGpu = columns.includes("memoryMiBPerGpu")
    ? ` The GPU model's own row in catalog/gpus.ts needs memoryMiB: ${described.memoryMiBPerGpu}.`
    : "";
  return [
    problem({
      code: "catalog-drift",
      severity: "warning",
      path: "instanceType",
      message: `AWS describes ${type.name} differently from the catalog, which the plan uses for fit and network cards: ${differences.join(", ")}.`,
      fix: `Install a newer release of this package, or correct catalog/instanceTypes.ts: ${catalogRow(type, described)}${otherGpu}`,
    }),
  ];
}

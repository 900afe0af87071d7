/** Which file systems a customer's KMS key can encrypt. */
import { problem, type Change, type Problem } from "../../sizing/problem";

/** FSx encrypts SCRATCH_2 with its own key only. https://docs.aws.amazon.com/fsx/latest/LustreGuide/encryption-at-rest.html */
export function keyProblems(store: { deploymentType: string; throughputMBpsPerTiB?: number; kmsKeyArn?: unknown }): Problem[] {
  if (store.kmsKeyArn === undefined || store.deploymentType !== "SCRATCH_2") return [];
  const changes: Change[] = [{ path: "deploymentType", value: "PERSISTENT_2" }];
  if (store.throughputMBpsPerTiB === undefined) changes.push({ path: "throughputMBpsPerTiB", value: 125 });
  return [
    problem({
      code: "store-feature-conflict",
      path: "kmsKeyArn",
      message: "kmsKeyArn is set and deploymentType is SCRATCH_2, which FSx encrypts with its own key; only PERSISTENT_2 takes yours.",
      fix: "Set deploymentType to PERSISTENT_2, or remove kmsKeyArn.",
      changes,
    }),
  ];
}

/** Whether the account's quota leaves room for this much FSx for Lustre. */
import type { FileSystem } from "@aws-sdk/client-fsx";
import { quotas } from "../../../catalog/quotas";
import { given } from "../../../sizing/givenKeys";
import type { AccountApi } from "../account";
import type { Check } from "../../check";
import { allPages } from "../pages";
import { isOwn } from "../runningInstances";
import { quotaAnswer, quotaOperations, quotaProblems, findQuotaValue, type Demand } from "../serviceQuota";
import { fieldOf } from "../../unanswered";

export const fileSystemQuota: Check = {
  name: "file-system-quota",
  operations: [...quotaOperations, "fsx:DescribeFileSystems"],
  question: ({ aws: { store, region } }) =>
    `Does the storage quota of ${region} leave room for ${store.storageCapacityGiB} GiB of FSx for Lustre ${store.deploymentType}?`,
  async ask({ environment, aws: { store, region }, account }) {
    const scratch = store.deploymentType === "SCRATCH_2";
    const quota = scratch ? quotas.lustreScratch : quotas.lustrePersistent2;
    const [value, fileSystems] = await Promise.all([findQuotaValue(account, quota), listLustreFileSystems(account)]);
    // The quota for scratch counts both generations. What this stack already has is part of what it asks for: the file system grows.
    const counted = fileSystems.filter(({ type }) => (scratch ? type.startsWith("SCRATCH") : type === "PERSISTENT_2"));
    const others = counted.filter(({ fileSystem }) => !isOwn(fileSystem, environment));
    const used = others.reduce((sum, { capacityGiB }) => sum + capacityGiB, 0);
    const demand: Demand = {
      quota,
      region,
      value,
      used,
      needed: used + store.storageCapacityGiB,
      path: "modelStore.storageCapacityGiB",
      adds: `this stack adds ${store.storageCapacityGiB}`,
    };
    return { answer: quotaAnswer(demand), problems: quotaProblems(demand) };
  },
};

const field = fieldOf("fsx:DescribeFileSystems");

/** A file system of the class INTELLIGENT_TIERING has no fixed capacity. */
const capacityOf = ({ StorageType, StorageCapacity }: FileSystem): number =>
  StorageType === "INTELLIGENT_TIERING" ? 0 : field(StorageCapacity, "StorageCapacity");

async function listLustreFileSystems(account: AccountApi): Promise<{ fileSystem: FileSystem; type: string; capacityGiB: number }[]> {
  const all = await allPages(async (NextToken) => {
    const answer = await account.call("fsx:DescribeFileSystems", given({ NextToken }, "NextToken"));
    return { items: field(answer.FileSystems, "FileSystems"), next: answer.NextToken };
  });
  return all
    .filter(({ FileSystemType }) => field(FileSystemType, "FileSystemType") === "LUSTRE")
    .filter(({ Lifecycle }) => Lifecycle !== "FAILED")
    .map((fileSystem) => ({
      fileSystem,
      type: field(fileSystem.LustreConfiguration?.DeploymentType, "LustreConfiguration.DeploymentType"),
      capacityGiB: capacityOf(fileSystem),
    }));
}

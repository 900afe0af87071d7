/** How FSx keeps the weights. https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-fsx-lustre.html */
export const StoreDeploymentType = {
  /** One copy at a fixed 200 MB/s per TiB. A failed server is not replaced and its files are lost: they are downloaded again. */
  Scratch2: "SCRATCH_2",
  /** Replicated within the zone, 125 to 1000 MB/s per TiB. */
  Persistent2: "PERSISTENT_2",
} as const;
export type StoreDeploymentType = (typeof StoreDeploymentType)[keyof typeof StoreDeploymentType];

/** What a model store can be told before deployment, and what is wrong with it: every problem at once, before anything is registered. */
import type { ModelName } from "../../catalog/models";
import { problem, type Problem, type ProblemCode } from "../../sizing/problem";
import { checkStore, neededStoreGiB } from "../../sizing/costAndTime/storage";
import { cidrMistake } from "../cidr";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";

/** How FSx keeps the weights. https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-fsx-lustre.html */
export const StoreDeploymentType = {
  /** One copy at a fixed 200 MB/s per TiB. A failed server is not replaced and its files are lost: they are downloaded again. */
  Scratch2: "SCRATCH_2",
  /** Replicated within the zone, 125 to 1000 MB/s per TiB. */
  Persistent2: "PERSISTENT_2",
} as const;
export type StoreDeploymentType = (typeof StoreDeploymentType)[keyof typeof StoreDeploymentType];

/** The plain arguments of LustreModelStore. */
export interface LustreModelStoreOptions {
  /** How the weights are kept. Must be known before deployment; a change replaces the file system and downloads everything again. */
  deploymentType: StoreDeploymentType;
  /**
   * Size in GiB: 1200, 2400, then steps of 2400. Throughput grows with it, so a store that merely holds the weights loads them slowly. It
   * can grow later; a smaller one replaces the file system.
   */
  storageCapacityGiB: number;
  /**
   * MB/s per TiB of a PERSISTENT_2 store: 125, 250, 500 or 1000. Refused with SCRATCH_2, which has 200. @default none: PERSISTENT_2 needs
   * one
   */
  throughputMBpsPerTiB?: number;
  /**
   * IPv4 ranges of the subnets in which nodes run, for example `10.0.0.0/19`. Mounts from elsewhere hang. Ranges instead of the nodes'
   * security group, so that the file system is made while the control plane still is.
   */
  clientCidrBlocks: string[];
  /** Refuses to delete or replace the file system. To destroy: unset it, `pulumi up`, then destroy. @default false */
  protect?: boolean;
  /** Hugging Face id, for example `Qwen/Qwen3-32B`. A change downloads the new model beside the old one. */
  model: ModelName;
  /**
   * Commit of the model's repository. A tag or branch is resolved by the first download and kept to, which leaves open what it will be.
   * @default the catalog's commit for a model of the catalog that has one, else `main`
   */
  modelRevision?: string;
  /** What must fit, in GiB, without headroom: the download, and the revisions that stay on the file system beside it. */
  neededGiB: number;
  /**
   * Zone of the file system, for example `us-west-2b`. The download prefers its nodes; from another zone it is slower and costs $0.02 a GB.
   */
  availabilityZone: string;
  /**
   * Limits for the file system. Too short ends `pulumi up` while AWS still makes it, or while a larger one spreads its data.
   * @default 45m and more to create, 2h and more to grow, by size; 45m to delete
   */
  timeouts?: ResourceTimeouts;
  /**
   * Limits for the download, by the Job that runs it. Too short ends the update in the middle; the next one continues it.
   * @default three times the estimate by size and write throughput, at least an hour; 10m to delete
   */
  downloadTimeouts?: ResourceTimeouts;
  /** Key in the token's Secret. @default token */
  huggingFaceTokenSecretKey?: string;
  /**
   * Base address of a mirror that speaks as the Hugging Face Hub does. The download may leave by its port. @default https://huggingface.co
   */
  huggingFaceEndpoint?: string;
}

export function storeProblems(options: LustreModelStoreOptions): Problem[] {
  return [
    ...checkStore(options, neededStoreGiB([options.neededGiB])),
    ...clientProblems(options.clientCidrBlocks),
    ...modelProblems(options.model, options.modelRevision),
    ...endpointProblems(options.huggingFaceEndpoint),
    ...timeoutProblems("timeouts", options.timeouts),
    ...timeoutProblems("downloadTimeouts", options.downloadTimeouts),
  ];
}

function clientProblems(blocks: string[]): Problem[] {
  if (blocks.length === 0) {
    const message = "No range of clients is given: the file system would drop every mount without an answer.";
    return [error("missing-value", "clientCidrBlocks", message, "Give the ranges of the subnets in which nodes run.")];
  }
  return blocks.flatMap((block, index) => {
    const mistake = cidrMistake(block);
    if (!mistake) return [];
    const fix = mistake.network ? `Write ${mistake.network}.` : "Give the ranges of the subnets in which nodes run.";
    return [error("cidr-invalid", `clientCidrBlocks[${index}]`, `"${block}" is refused: ${mistake.reason}.`, fix)];
  });
}

/** Both become directories: nothing in them may climb out of the volume. */
function modelProblems(model: string, revision: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const name = /^[A-Za-z0-9][\w.-]*$/;
  const parts = model.split("/");
  if (parts.length > 2 || !parts.every((part) => name.test(part) && !part.includes(".."))) {
    const fix = "Give owner and name, for example Qwen/Qwen3-32B.";
    problems.push(error("model-unknown", "model", `"${model}" is no Hugging Face id: one or two names separated by a slash.`, fix));
  }
  if (revision !== undefined && !revision.split("/").every((part) => name.test(part) && !part.includes(".."))) {
    const fix = "Give the 40 hexadecimal digits of a commit.";
    problems.push(error("wrong-type", "modelRevision", `"${revision}" is no name of a commit, tag or branch.`, fix));
  }
  return problems;
}

function endpointProblems(endpoint: string | undefined): Problem[] {
  if (endpoint === undefined || (/^https?:$/.test(protocolOf(endpoint)) && !/[?#@]/.test(endpoint))) return [];
  const message = `"${endpoint}" is no address of a Hub: http:// or https:// with a host, without user, query or fragment.`;
  return [error("wrong-type", "huggingFaceEndpoint", message, "Give the mirror's base address, for example https://hub.example.com.")];
}

function protocolOf(address: string): string {
  try {
    return new URL(address).protocol;
  } catch {
    return "";
  }
}

const error = (code: ProblemCode, path: string, message: string, fix: string): Problem => problem({ code, path, message, fix });

/** The plain arguments of a model store and their checks: every problem at once, before anything is registered. */
import type { ModelName } from "../../catalog/models";
import { problem, type Problem, type ProblemCode } from "../../sizing/problem";
import { checkStore, neededStoreGiB } from "../../sizing/costAndTime/storage";
import { cidrMistake } from "../cidr";
import { rootSquashProblems } from "./rootSquash";
import { timeoutProblems, type ResourceTimeouts } from "../resourceTimeouts";

/** How FSx keeps the weights. https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-fsx-lustre.html */
export const StoreDeploymentType = {
  /** One copy at a fixed 200 MB/s per TiB. AWS does not replace a failed server; its files are lost and must be downloaded again. */
  Scratch2: "SCRATCH_2",
  /** Copies within the zone, 125 to 1000 MB/s per TiB. */
  Persistent2: "PERSISTENT_2",
} as const;
export type StoreDeploymentType = (typeof StoreDeploymentType)[keyof typeof StoreDeploymentType];

/** The plain arguments of LustreModelStore. */
export interface LustreModelStoreOptions {
  /** How FSx keeps the weights. A change replaces the file system and downloads everything again. It must be known before deployment. */
  deploymentType: StoreDeploymentType;
  /**
   * Size in GiB: 1200, 2400, then steps of 2400. Throughput grows with it, so a store that just holds the weights loads them slowly. It
   * can grow later; a smaller value replaces the file system.
   */
  storageCapacityGiB: number;
  /**
   * MB/s per TiB of a PERSISTENT_2 store: 125, 250, 500 or 1000. Refused with SCRATCH_2, which has 200. @default none; PERSISTENT_2 needs
   * a value
   */
  throughputMBpsPerTiB?: number;
  /**
   * IPv4 ranges of the subnets in which nodes run, for example `10.0.0.0/19`. Mounts from other addresses hang. Ranges, not the nodes'
   * security group, let AWS create the file system and the control plane at the same time.
   */
  clientCidrBlocks: string[];
  /** Pulumi refuses to delete or replace the file system while this is set. Unset it and run `pulumi up` first. @default false */
  protect?: boolean;
  /**
   * User and group that root of the nodes becomes on the file system, for example `65534:65534`; `0:0` switches it off again. The download
   * runs as root and then can no longer write, except on the nodes in `noSquashNids`. A change applies to the running file system; without
   * a value Pulumi leaves the file system as it is. @default none: root is root
   */
  rootSquash?: string;
  /**
   * Lustre network ids of the nodes where root stays root: those that run the download. At most 64, each an address or a range, for example
   * `10.0.[0-31].[0-255]@tcp`. Every root process on these nodes can then change the weights. @default none
   */
  noSquashNids?: string[];
  /** Hugging Face id, for example `Qwen/Qwen3-32B`. A change downloads the new model and keeps the old one. */
  model: ModelName;
  /**
   * Commit of the model's repository. The first download resolves a tag or branch to a commit and later ones keep it, so you do not know
   * the commit beforehand. @default the commit of the model in the catalog, else `main`
   */
  modelRevision?: string;
  /**
   * Also downloads weights in pickle format (`.bin`, `.pt`, `.pth`) where the repository has no safetensors. Loading a pickle can run code,
   * so a model that has only pickle is refused without it. @default false
   */
  allowPickleWeights?: boolean;
  /** Space in GiB, without headroom, for the download and the revisions that stay on the file system with it. */
  neededGiB: number;
  /**
   * Zone of the file system, for example `us-west-2b`. The download prefers nodes there; from another zone it is slower and costs $0.02 a
   * GB.
   */
  availabilityZone: string;
  /**
   * How long Pulumi waits for the file system. If a limit is too short, `pulumi up` fails while AWS still creates the file system, or while
   * a larger one spreads its data. @default by size: 45m and more to create, 2h and more to grow; 45m to delete
   */
  timeouts?: ResourceTimeouts;
  /**
   * How long Pulumi waits for the download Job. If a limit is too short, the update ends in the middle, and the next one continues it.
   * @default three times the estimate from size and write throughput, at least an hour; 10m to delete
   */
  downloadTimeouts?: ResourceTimeouts;
  /** Key in the token's Secret. @default token */
  huggingFaceTokenSecretKey?: string;
  /**
   * Base address of a mirror with the API of the Hugging Face Hub. The network policy lets the download use its port.
   * @default https://huggingface.co
   */
  huggingFaceEndpoint?: string;
}

export function storeProblems(options: LustreModelStoreOptions): Problem[] {
  return [
    ...checkStore(options, neededStoreGiB([options.neededGiB])),
    ...clientProblems(options.clientCidrBlocks),
    ...modelProblems(options.model, options.modelRevision),
    ...endpointProblems(options.huggingFaceEndpoint),
    ...rootSquashProblems(options),
    ...timeoutProblems("timeouts", options.timeouts),
    ...timeoutProblems("downloadTimeouts", options.downloadTimeouts),
  ];
}

function clientProblems(blocks: string[]): Problem[] {
  if (blocks.length === 0) {
    const message = "The list of client ranges is empty, so every mount of the file system would wait without an answer.";
    return [error("missing-value", "clientCidrBlocks", message, "List the ranges of the subnets in which the nodes run.")];
  }
  return blocks.flatMap((block, index) => {
    const mistake = cidrMistake(block);
    if (!mistake) return [];
    const fix = mistake.network ? `Write ${mistake.network}.` : "List the ranges of the subnets in which the nodes run.";
    return [
      error(
        "cidr-invalid",
        `clientCidrBlocks[${index}]`,
        `"${block}" is not a range that a security group accepts: ${mistake.reason}.`,
        fix,
      ),
    ];
  });
}

/** Both become directories, so neither may lead out of the volume. */
function modelProblems(model: string, revision: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const name = /^[A-Za-z0-9][\w.-]*$/;
  const parts = model.split("/");
  if (parts.length > 2 || !parts.every((part) => name.test(part) && !part.includes(".."))) {
    const fix = "Give owner and name, for example Qwen/Qwen3-32B.";
    problems.push(
      error("model-unknown", "model", `"${model}" is not a Hugging Face id: expected one or two names separated by a slash.`, fix),
    );
  }
  if (revision !== undefined && !revision.split("/").every((part) => name.test(part) && !part.includes(".."))) {
    const fix = "Give the 40 hexadecimal digits of a commit.";
    problems.push(error("wrong-type", "modelRevision", `"${revision}" is not the name of a commit, tag or branch.`, fix));
  }
  return problems;
}

function endpointProblems(endpoint: string | undefined): Problem[] {
  if (endpoint === undefined || (/^https?:$/.test(protocolOf(endpoint)) && !/[?#@]/.test(endpoint))) return [];
  const message = `"${endpoint}" is not the address of a Hub: expected http:// or https:// with a host, without user, query or fragment.`;
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

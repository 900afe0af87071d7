/** What is wrong with the arguments of a model store: every problem at once, before anything is registered. */
import type { Problem, ProblemCode } from "../../sizing/problem";
import { checkStore, neededStoreGiB } from "../../sizing/costAndTime/storage";
import { cidrMistake } from "../cidr";
import type { StoreDeploymentType } from "./storeDeploymentType";

/** The plain arguments of LustreModelStore, known before deployment. */
export interface StoreTopology {
  deploymentType: StoreDeploymentType;
  storageCapacityGiB: number;
  throughputMBpsPerTiB?: number;
  clientCidrBlocks: string[];
  model: string;
  modelRevision?: string;
  neededGiB: number;
  downloadTimeoutSeconds?: number;
  huggingFaceEndpoint?: string;
}

export function storeProblems(topology: StoreTopology): Problem[] {
  return [
    ...checkStore(topology, neededStoreGiB([topology.neededGiB])).map(withoutSection),
    ...clientProblems(topology.clientCidrBlocks),
    ...modelProblems(topology.model, topology.modelRevision),
    ...endpointProblems(topology.huggingFaceEndpoint),
    ...timeoutProblems(topology.downloadTimeoutSeconds),
  ];
}

/** A configuration keeps these settings under `modelStore.`; here they are arguments themselves. */
function withoutSection(found: Problem): Problem {
  const argument = (text: string) => text.replaceAll("modelStore.", "");
  const changes = found.changes.map((change) => ({ ...change, path: argument(change.path) }));
  return { ...found, path: argument(found.path), fix: argument(found.fix), changes };
}

function clientProblems(blocks: string[]): Problem[] {
  if (blocks.length === 0) {
    const message = "No range of clients is given: the file system would drop every mount without an answer.";
    return [problem("missing-value", "clientCidrBlocks", message, "Give the ranges of the subnets in which nodes run.")];
  }
  return blocks.flatMap((block, index) => {
    const mistake = cidrMistake(block);
    if (!mistake) return [];
    const fix = mistake.network ? `Write ${mistake.network}.` : "Give the ranges of the subnets in which nodes run.";
    return [problem("cidr-invalid", `clientCidrBlocks[${index}]`, `"${block}" is refused: ${mistake.reason}.`, fix)];
  });
}

/** Both become directories: nothing in them may climb out of the volume. */
function modelProblems(model: string, revision: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const name = /^[A-Za-z0-9][\w.-]*$/;
  const parts = model.split("/");
  if (parts.length > 2 || !parts.every((part) => name.test(part) && !part.includes(".."))) {
    const fix = "Give owner and name, for example Qwen/Qwen3-32B.";
    problems.push(problem("model-unknown", "model", `"${model}" is no Hugging Face id: one or two names separated by a slash.`, fix));
  }
  if (revision !== undefined && !revision.split("/").every((part) => name.test(part) && !part.includes(".."))) {
    const fix = "Give the 40 hexadecimal digits of a commit.";
    problems.push(problem("wrong-type", "modelRevision", `"${revision}" is no name of a commit, tag or branch.`, fix));
  }
  return problems;
}

function endpointProblems(endpoint: string | undefined): Problem[] {
  if (endpoint === undefined || (/^https?:$/.test(protocolOf(endpoint)) && !/[?#@]/.test(endpoint))) return [];
  const message = `"${endpoint}" is no address of a Hub: http:// or https:// with a host, without user, query or fragment.`;
  return [problem("wrong-type", "huggingFaceEndpoint", message, "Give the mirror's base address, for example https://hub.example.com.")];
}

function protocolOf(address: string): string {
  try {
    return new URL(address).protocol;
  } catch {
    return "";
  }
}

function timeoutProblems(seconds: number | undefined): Problem[] {
  if (seconds === undefined || (Number.isInteger(seconds) && seconds >= 60)) return [];
  const message = `${seconds} is no whole number of seconds of at least 60.`;
  return [problem("out-of-range", "downloadTimeoutSeconds", message, "Leave it out: the default follows from the size of the weights.")];
}

const problem = (code: ProblemCode, path: string, message: string, fix: string): Problem => ({
  code,
  severity: "error",
  path,
  message,
  fix,
  changes: [],
});

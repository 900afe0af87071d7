/**
 * What a pod of this lane has otherwise than its manifest says: a tensor parallel size that two cores can compute, and settings that vLLM's
 * build for processors needs. The weights under the model's path are those of a tiny model. Image, devices and limits do not exist here.
 */
import type { Container, ServingObjects } from "../../engine/rehearsal/servingObjects";

export interface Replacements {
  /** Ranks of a node. */
  tensorParallelSize: number;
  pipelineParallelSize: number;
  /** Further variables, for a fault. */
  environment?: Record<string, string>;
}

/** One GiB of KV cache, and one thread a process that the kernel may put on any core. */
const processorEnvironment = { VLLM_CPU_KVCACHE_SPACE: "1", VLLM_CPU_OMP_THREADS_BIND: "nobind", OMP_NUM_THREADS: "1" };
/** The limit of `/dev/shm`, of which each process of a group takes some MB. */
const sharedMemory = "512Mi";

export function withReplacements(objects: ServingObjects, replacements: Replacements): ServingObjects {
  const set = structuredClone(objects.set);
  const { leaderTemplate, workerTemplate } = set.spec.leaderWorkerTemplate;
  for (const { spec } of [leaderTemplate, workerTemplate]) {
    const container = spec.containers[0]!;
    setArgument(container, "--tensor-parallel-size", replacements.tensorParallelSize);
    setArgument(container, "--pipeline-parallel-size", replacements.pipelineParallelSize);
    for (const [name, value] of Object.entries({ ...processorEnvironment, ...replacements.environment }))
      setVariable(container, name, value);
    for (const { emptyDir } of spec.volumes) if (emptyDir?.medium === "Memory") emptyDir.sizeLimit = sharedMemory;
  }
  return { ...objects, set };
}

function setArgument({ args }: Container, flag: string, value: number): void {
  args[args.indexOf(flag) + 1] = String(value);
}

function setVariable({ env }: Container, name: string, value: string): void {
  const known = env.find((each) => each.name === name);
  if (known) known.value = value;
  else env.push({ name, value });
}

/** Every difference, as `path: before -> after`; objects of a list that have a name are found by it. */
export function differences(before: unknown, after: unknown, at = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
    return [`${at}: ${JSON.stringify(before) ?? "absent"} -> ${JSON.stringify(after) ?? "absent"}`];
  const [left, right] = [byName(before), byName(after)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) => differences(left[key], right[key], `${at}/${key}`));
}

const byName = (value: object): Record<string, unknown> =>
  Array.isArray(value) ? Object.fromEntries(value.map((item, index) => [item?.name ?? index, item])) : { ...value };

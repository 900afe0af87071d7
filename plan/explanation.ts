/** The arithmetic of a memory plan, step by step. */
import type { MemoryPlan } from "../sizing/memory";
import { gib, number } from "./text";

/** How the KV cache of each stage comes about. */
export function explanation(memory: MemoryPlan | null): string[] {
  if (!memory) return [];
  const requested = memory.gpuMemoryUtilization * memory.gpuMemoryGiB;
  const stages = memory.ranks.map(({ stage, weightsGiB, activationGiB, nonTorchGiB, cudaGraphGiB, kvCacheGiB }) => {
    const taken = [weightsGiB, activationGiB, nonTorchGiB, cudaGraphGiB].map((value) => `− ${number(value, 2)}`).join(" ");
    return `  stage ${stage}: ${number(requested, 2)} ${taken} = ${number(kvCacheGiB, 2)} GiB for the KV cache`;
  });
  return [
    `  ${memory.gpuMemoryUtilization} × ${gib(memory.gpuMemoryGiB)} = ${number(requested, 2)} GiB for vLLM, less weights, activation, libraries and CUDA graphs:`,
    ...stages,
    `  the stage that runs out first: ÷ ${number(memory.kvBytesPerToken)} bytes a token = ${number(memory.kvCacheTokens)} tokens in whole blocks`,
    `  ÷ ${number(memory.maxModelLen)} tokens a request = ${number(memory.maxConcurrency, 2)} requests at once`,
  ];
}

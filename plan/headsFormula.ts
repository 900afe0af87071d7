/** How the explanation writes the numbers that one layer keeps of a token. */
import type { ModelShape } from "../catalog/modelShape";
import { compressedStateBytes } from "../sizing/memory/cacheDtype";
import { headsOf } from "../sizing/model/attentionTensors";
import { number } from "./text";

export function headsFormula(shape: ModelShape, tensorParallelSize: number): string {
  if (shape.compressed) return `${compressedStateBytes} bytes a vector, of windows and of compressed tokens`;
  const of = (mixer: "full" | "window") => {
    const { kvHeads, headDim, valueHeadDim } = headsOf(shape, mixer);
    const heads = `${number(Math.max(1, kvHeads / tensorParallelSize))} KV heads of this rank`;
    return headDim === valueHeadDim ? `2 × ${heads} × ${headDim}` : `${heads} × (${headDim} + ${valueHeadDim})`;
  };
  return shape.windowHeads ? `${of("full")}, in windows ${of("window")}` : of("full");
}

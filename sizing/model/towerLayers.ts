/** Layers of a tower: how many of their parameters tensor parallelism divides (vLLM `layers/linear.py`). */
import type { Towers } from "../../catalog/modelShape";

export type Count = Pick<Towers, "divided" | "whole">;

export const whole = (count: number): Count => ({ divided: 0, whole: count });
export const sum = (...parts: Count[]): Count => ({
  divided: parts.reduce((total, part) => total + part.divided, 0),
  whole: parts.reduce((total, part) => total + part.whole, 0),
});
export const times = (count: number, each: Count): Count => ({ divided: count * each.divided, whole: count * each.whole });

/** `ColumnParallelLinear`: each rank has a part of the outputs, and their biases. */
export const column = (inputs: number, outputs: number, bias = true): Count => ({ divided: outputs * (inputs + (bias ? 1 : 0)), whole: 0 });
/** `RowParallelLinear`: each rank has a part of the inputs; the bias is whole. */
export const row = (inputs: number, outputs: number, bias = true): Count => ({ divided: inputs * outputs, whole: bias ? outputs : 0 });
export const linear = (inputs: number, outputs: number, bias = true): Count => whole(outputs * (inputs + (bias ? 1 : 0)));
/** A norm has a bias too if it is a `LayerNorm`, not an `RMSNorm`. */
export const layerNorm = (width: number) => whole(2 * width);
export const rmsNorm = (width: number) => whole(width);

interface Encoder {
  layers: number;
  hidden: number;
  width: number;
  gated?: boolean;
  attentionBias?: boolean;
  feedForwardBias?: boolean;
  norm?: (width: number) => Count;
}

/** Layers of attention and a feed-forward, each behind a norm. */
export function encoder({ layers, hidden, width, gated, attentionBias = true, feedForwardBias = true, norm = layerNorm }: Encoder): Count {
  return times(
    layers,
    sum(
      times(2, norm(hidden)),
      column(hidden, 3 * hidden, attentionBias),
      row(hidden, hidden, attentionBias),
      column(hidden, gated ? 2 * width : width, feedForwardBias),
      row(width, hidden, feedForwardBias),
    ),
  );
}

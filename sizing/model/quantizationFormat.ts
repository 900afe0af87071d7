/** One format of linear layers, and what the reading of a file gives. */
import type { Quantization, QuantizationFormat, QuantizedModule } from "../../catalog/modelShape";
import { isPositiveInteger } from "./json";

/** A format for all modules, those in other formats, and a complaint instead of both. */
export type FormatReading = { format: QuantizationFormat; others?: Quantization["others"]; unquantized?: QuantizedModule[] } | string;

/** `bitsPerWeight` includes what a group stores in addition to its weights. Without a group size there is one scale per channel. */
export function grouped(
  method: Quantization["method"],
  bits: number,
  size: unknown,
  bitsPerGroup: number,
  otherwise?: number,
): QuantizationFormat {
  const groupSize = isPositiveInteger(size) ? size : otherwise;
  return groupSize === undefined ? { method, bitsPerWeight: bits } : { method, bitsPerWeight: bits + bitsPerGroup / groupSize, groupSize };
}

export const bitsOf = (bits: unknown) => (isPositiveInteger(bits) ? Math.min(bits, 16) : 4);

/** `weight_block_size` is [outputs, inputs]. */
export function blockOf(sizes: unknown): Pick<QuantizationFormat, "block"> {
  const [outputs, inputs] = Array.isArray(sizes) ? (sizes as unknown[]) : [];
  return isPositiveInteger(outputs) && isPositiveInteger(inputs) ? { block: { outputs, inputs } } : {};
}

/** A value of a file in a message. */
export const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 40) ?? "absent";

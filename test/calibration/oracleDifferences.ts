/** Where the package computes otherwise than vLLM's own classes, with the reason. A test fails when a line no longer holds. */
import type { OracleRow } from "./oracle";

interface Difference {
  /** What the page calls them. */
  of: string;
  covers: (row: OracleRow) => boolean;
  /** How the line of the difference begins. */
  what: string;
  because: string;
}

const named = (pattern: RegExp) => (row: OracleRow) => pattern.test(row.model);

export const differences: readonly Difference[] = [
  {
    of: "Qwen3-235B-A22B-FP8, MiniMax-M2 and MiMo-V2-Flash beyond TP 4",
    covers: (row) => named(/Qwen3-235B.*FP8|MiniMax-M2\.[57]$|MiMo-V2-Flash/)(row) && row.tp >= (/MiMo/.test(row.model) ? 4 : 8),
    what: "refused by the package",
    because:
      "vLLM 0.28 refuses experts whose part is not a multiple of the fp8 block; 0.32 makes the blocks smaller, which the package does not assume",
  },
  ...["weights", "bytes of a token", "blocks", "concurrency"].map((what) => ({
    of: `Qwen3-32B-FP8-Static-PerTensor, ${what}`,
    covers: named(/FP8-Static-PerTensor/),
    what,
    because: "this copy of the file names no quant_method, so vLLM reads it as bfloat16 without the hf_quant_config.json beside it",
  })),
  {
    of: "gpt-oss",
    covers: named(/gpt-oss/),
    what: "weights",
    because: "the package pads the experts as the Marlin kernels do, which logs show; without kernels vLLM's classes choose another layout",
  },
  ...(["weights", "towers"] as const).map((what) => ({
    of: `Devstral-Small-2, ${what}`,
    covers: named(/Devstral-Small-2/),
    what,
    because:
      "vLLM does not find the excluded modules of this file under its own names and makes the tower in fp8; the checkpoint has it in bfloat16",
  })),
  {
    of: "Command R, tokens in flight",
    covers: named(/command-r/),
    what: "inFlightTokens",
    because: "this copy of the file names no architecture, so vLLM takes it for a pooling model, whose batches do not overlap",
  },
  {
    of: "Phi-3, requests at once",
    covers: named(/Phi-3/),
    what: "concurrency",
    because: "vLLM gives every layer the window of the file; the package counts the whole context, which is never less",
  },
];

export const differenceOf = (row: OracleRow) => differences.filter(({ covers }) => covers(row));

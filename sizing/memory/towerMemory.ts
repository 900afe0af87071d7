/** The towers of a multimodal model on one rank: their memory, and whether they can be divided. */
import type { ModelShape } from "../../catalog/modelShape";
import { dtypeBytes } from "../model/parameters";
import { problem, type Problem } from "../problem";
import { isAtLeast } from "./engineDefaults";

export interface TowerSettings {
  /** `--mm-encoder-tp-mode data`: every rank holds the towers whole and encodes a share of the images. */
  wholeTowers?: boolean;
  /** `--language-model-only` (since 0.17): no towers. */
  languageModelOnly?: boolean;
}

interface TowerPlace {
  tensorParallelSize: number;
  /** Index of the stage's first layer. */
  firstLayer: number;
}

/** vLLM makes the towers on every stage, although only the first uses them. */
export function towerBytes(
  { towers, weights }: ModelShape,
  { tensorParallelSize }: TowerPlace,
  settings: TowerSettings & { vllmVersion: string },
): number {
  if (!towers || settings.languageModelOnly) return 0;
  return (towers.divided / towerRanks(towers, tensorParallelSize, settings) + towers.whole) * dtypeBytes(weights);
}

/** Ranks that share the divided part. */
export function towerRanks(
  { wholeBefore, alwaysDivided }: NonNullable<ModelShape["towers"]>,
  tensorParallelSize: number,
  { wholeTowers, vllmVersion }: TowerSettings & { vllmVersion: string },
): number {
  const isWhole = (wholeTowers && !alwaysDivided) || (wholeBefore !== undefined && !isAtLeast(vllmVersion, wholeBefore));
  return isWhole ? 1 : tensorParallelSize;
}

/** Each rank computes whole heads (`dist_utils.divide` of vLLM's vision attention). */
export function towerProblems(
  { id, towers }: ModelShape,
  { tensorParallelSize: ranks }: Pick<TowerPlace, "tensorParallelSize">,
  settings: TowerSettings & { vllmVersion: string },
): Problem[] {
  const heads = towers?.heads;
  if (!heads || settings.languageModelOnly || heads % towerRanks(towers, ranks, settings) === 0) return [];
  return [
    problem({
      code: "shard-not-divisible",
      path: "tensorParallelSize",
      message: `The vision tower of ${id} has ${heads} attention heads: ${heads} is not divisible by ${ranks}.`,
      fix: `Add --mm-encoder-tp-mode data to engine.extraArguments, so that every rank holds the tower whole, or set tensorParallelSize to a divisor of ${heads}.`,
    }),
  ];
}

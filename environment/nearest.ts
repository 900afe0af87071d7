/** The word that a typing error probably stands for. */
import { closest, distance } from "fastest-levenshtein";

/** The nearest allowed word, if it differs by a typing error of a few letters. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined;
  const candidate = closest(word, [...allowed]);
  return distance(word.toLowerCase(), candidate.toLowerCase()) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : undefined;
}

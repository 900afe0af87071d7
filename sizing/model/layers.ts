/** The layers of a model: how each mixes tokens, and which feed-forward it has. */
import type { ModelShape } from "../../catalog/modelShape";

export interface Layer {
  mixer: Mixer;
  feedForward: FeedForward;
  /** The layer has an index, which picks what attention reads. */
  indexed: boolean;
}

/**
 * `window`: attention to the last tokens, or to the tokens of a chunk; `state`: linear attention or Mamba; `compressed4`, `compressed128`:
 * a window, and one vector for each 4 or 128 tokens (DeepSeek-V4).
 */
export type Mixer = "full" | "window" | "state" | "compressed4" | "compressed128" | "none";
export type FeedForward = "dense" | "experts" | "none";

export function layersOf(shape: ModelShape): Layer[] {
  if (shape.blockPattern !== undefined) return [...shape.blockPattern].map((letter) => blocks[letter] ?? blocks["-"]!);
  const indexer = shape.mla?.indexer ?? shape.blockIndex;
  const indexed = indexer && new Set(indexer.layers ?? Array.from({ length: shape.layers }, (_, index) => index));
  return Array.from({ length: shape.layers }, (_, index) => {
    const mixer = mixerOf(shape, index);
    return { mixer, feedForward: feedForwardOf(shape, index), indexed: mixer === "full" && (indexed?.has(index) ?? false) };
  });
}

/** The different ways to mix tokens among some layers, with the number of layers of each. */
export function mixersOf(layers: readonly Layer[]): { mixer: Mixer; indexed: boolean; layers: number }[] {
  const found = new Map<string, { mixer: Mixer; indexed: boolean; layers: number }>();
  for (const { mixer, indexed } of layers) {
    const key = `${mixer} ${indexed}`;
    found.set(key, { mixer, indexed, layers: (found.get(key)?.layers ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Letters of `ModelShape.mixers`. */
const mixers: Record<string, Mixer> = { F: "full", W: "window", S: "state", C: "compressed4", H: "compressed128" };

/** Letters of Nemotron-H's `hybrid_override_pattern`. */
const blocks: Record<string, Layer> = {
  M: { mixer: "state", feedForward: "none", indexed: false },
  "*": { mixer: "full", feedForward: "none", indexed: false },
  "-": { mixer: "none", feedForward: "dense", indexed: false },
  E: { mixer: "none", feedForward: "experts", indexed: false },
};

export const blockLetters = Object.keys(blocks);

function mixerOf(shape: ModelShape, index: number): Mixer {
  const letter = shape.mixers?.[index];
  return (letter === undefined ? undefined : mixers[letter]) ?? evenlySpread(shape, index);
}

/** Each period ends with full attention, as in most published patterns: five windows and one full layer, three linear and one full. */
function evenlySpread({ attention, layers }: ModelShape, index: number): Mixer {
  if (attention.kind === "full") return "full";
  const fullUpTo = (count: number) => Math.floor((count * attention.fullLayers) / layers);
  if (fullUpTo(index + 1) > fullUpTo(index)) return "full";
  return attention.kind === "hybrid" ? "state" : "window";
}

function feedForwardOf({ moe }: ModelShape, index: number): FeedForward {
  if (!moe || index < moe.denseLayers) return "dense";
  return (index + 1) % (moe.every ?? 1) === 0 ? "experts" : "dense";
}

/** How many layers of a stretch are of each kind. */
export function kindsOf(layers: readonly Layer[]) {
  const count = (matches: (layer: Layer) => boolean) => layers.filter(matches).length;
  return {
    full: count(({ mixer }) => mixer === "full"),
    window: count(({ mixer }) => mixer === "window"),
    state: count(({ mixer }) => mixer === "state"),
    compressed4: count(({ mixer }) => mixer === "compressed4"),
    compressed128: count(({ mixer }) => mixer === "compressed128"),
    dense: count(({ feedForward }) => feedForward === "dense"),
    experts: count(({ feedForward }) => feedForward === "experts"),
  };
}

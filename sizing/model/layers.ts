/** The layers of a model: how each mixes tokens, and which feed-forward it has. */
import type { ModelShape } from "../../catalog/modelShape";

export interface Layer {
  mixer: Mixer;
  feedForward: FeedForward;
}

/** `window`: attention to the last tokens, or to the tokens of a chunk; `state`: linear attention or Mamba. */
export type Mixer = "full" | "window" | "state" | "none";
export type FeedForward = "dense" | "experts" | "none";

export function layersOf(shape: ModelShape): Layer[] {
  if (shape.blockPattern !== undefined) return [...shape.blockPattern].map((letter) => blocks[letter] ?? blocks["-"]!);
  return Array.from({ length: shape.layers }, (_, index) => ({ mixer: mixerOf(shape, index), feedForward: feedForwardOf(shape, index) }));
}

/** Letters of Nemotron-H's `hybrid_override_pattern`. */
const blocks: Record<string, Layer> = {
  M: { mixer: "state", feedForward: "none" },
  "*": { mixer: "full", feedForward: "none" },
  "-": { mixer: "none", feedForward: "dense" },
  E: { mixer: "none", feedForward: "experts" },
};

export const blockLetters = Object.keys(blocks);

/** Each period ends with full attention, as in every published pattern: five windows and one full layer, three linear and one full. */
function mixerOf({ attention, layers }: ModelShape, index: number): Mixer {
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
    dense: count(({ feedForward }) => feedForward === "dense"),
    experts: count(({ feedForward }) => feedForward === "experts"),
  };
}

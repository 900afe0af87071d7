/** IPv4 ranges as numbers, to cut them into smaller ones: the first address and the length of the prefix. */
export type NumericRange = [first: number, prefix: number];

/** The two halves of a range; a single address stays whole. */
export const halves = ([first, prefix]: NumericRange): NumericRange[] =>
  prefix === 32
    ? [[first, prefix]]
    : [
        [first, prefix + 1],
        [first + 2 ** (31 - prefix), prefix + 1],
      ];

export const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

export const rangeTexts = (ranges: readonly NumericRange[]): string[] => ranges.map(([first, prefix]) => `${dotted(first)}/${prefix}`);

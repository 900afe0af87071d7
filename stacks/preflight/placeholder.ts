/** Values that only the user has: they are asked for as such, and AWS knows nothing of them. */
export const isPlaceholder = (value: string): boolean => /^<.*>$/.test(value);

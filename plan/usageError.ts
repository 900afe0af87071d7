/** Wrong usage of the command line: nothing that a configuration could mend. */
export class UsageError extends Error {}

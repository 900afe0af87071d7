/** Forms of text that several settings share: a pattern, and the same in words. */

export const like = (pattern: string, patternHint: string) => ({ pattern, patternHint });

export const cidr = like("^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$", "an IPv4 range such as 198.51.100.7/32");

export const zone = like("^[a-z]{2}(-[a-z]+)+-\\d[a-z]$", "a zone name such as us-west-2a");

/** A pattern for `like`. */
export const version = "^\\d+\\.\\d+(\\.\\d+)?$";

/** An AWS id, or a placeholder for one. */
export const idOf = (prefix: string) => like(`^(${prefix}-[0-9a-f]{8,17}|<[^>]+>)$`, `an id such as ${prefix}-0123456789abcdef0`);

/** An ARN, or a placeholder for one. */
export const arnOf = (service: string, example: string) => like(`^(arn:aws[a-z-]*:${service}:.+|<[^>]+>)$`, `an ARN such as ${example}`);

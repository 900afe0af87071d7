/** Values that are stored encrypted. */
import { configSchema } from "./configSchema";
import type { SecretKey } from "./settingTypes";

/** Replaces a value that is stored encrypted: it is present, but never read. */
export const secretPlaceholder = "[secret]";

/** True if a secret is set, even if its value cannot be read here. */
export const isGiven = (secret: string | undefined): boolean => secret === secretPlaceholder || Boolean(secret);

export const isSecret = (key: string): key is SecretKey => configSchema[key]?.secret === true;

export const secretKeys: readonly SecretKey[] = Object.keys(configSchema).filter(isSecret);

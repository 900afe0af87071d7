/** Values that are stored encrypted. */
import { configSchema } from "./configSchema";
import type { SecretKey } from "./settingTypes";

/** Stands for a value that is stored encrypted: present, and never read. */
export const secretPlaceholder = "[secret]";

/** True when a secret was given, whether or not its value may be read here. */
export const isGiven = (secret: string | undefined): boolean => secret === secretPlaceholder || Boolean(secret);

export const isSecret = (key: string): key is SecretKey => configSchema[key]?.secret === true;

export const secretKeys: readonly SecretKey[] = Object.keys(configSchema).filter(isSecret);

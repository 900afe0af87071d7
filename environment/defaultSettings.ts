/** Which dated defaults a stack takes: those that its configuration names, else those that it was made with, else the newest. */
import { defaultSets, findDefaults, newestDefaults, type DefaultSet } from "../catalog/defaults";
import { problem, type Problem } from "../sizing/problem";
import { configSet, shellCommand } from "../sizing/shellCommand";
import type { ConfigurationInput } from "./configurationInput";
import type { Settings } from "./settingTypes";

export function resolveDefaults(settings: Settings, input: ConfigurationInput): { defaults: DefaultSet; problems: Problem[] } {
  const name = settings.defaults ?? input.madeWith ?? newestDefaults.name;
  const defaults = findDefaults(name);
  return defaults ? { defaults, problems: [] } : { defaults: newestDefaults, problems: [unknownDefaults(name)] };
}

/** The form check refuses an unknown name in the configuration: only a newer release of the package leads here. */
const unknownDefaults = (name: string): Problem =>
  problem({
    code: "out-of-range",
    path: "defaults",
    message: `The stack was made with the defaults "${name}"; this release of the package knows ${defaultSets.map((set) => set.name).join(", ")}.`,
    fix: `Use the release of the package that made the stack, or take the newest defaults of this one, ${newestDefaults.name}: the groups roll.`,
    changes: [{ path: "defaults", value: newestDefaults.name }],
  });

export const takeDefaults = (name: string, stack: string): string => shellCommand(...configSet(stack, "defaults", name));

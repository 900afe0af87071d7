/**
 * Problems from sizing/ name the settings of a whole environment. A serving set has only some of them, under other names; this table
 * translates them.
 */
import type { SettingNames } from "../../sizing/settingNames";

export const argumentNames: SettingNames = {
  paths: { modelConfigFile: "modelConfigJson", "engine.decodeContextParallelSize": "engine.extraArguments" },
  texts: {
    "modelConfigFile in a configuration, --model-config in fit": "modelConfigJson",
    modelConfigFile: "modelConfigJson",
    "engine.decodeContextParallelSize": "--decode-context-parallel-size",
    " (modelStore.throughputMBpsPerTiB or modelStore.storageCapacityGiB)": "",
  },
  // The argument is a list, in which flag and value are two words.
  unset: ["engine.decodeContextParallelSize"],
};

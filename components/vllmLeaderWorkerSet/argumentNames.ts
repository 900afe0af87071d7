/**
 * Rules of sizing/ speak of a whole environment, in the words of its configuration. A serving set has some of it only, under names of its
 * own.
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
  // A word of a list, and its value the next word.
  unset: ["engine.decodeContextParallelSize"],
};

/**
 * Problems from sizing/ name the settings of a whole environment. A serving set has only some of them, under other names; this table
 * translates them.
 */
import type { SettingNames } from "../../sizing/settingNames";

export const argumentNames: SettingNames = {
  paths: { modelConfigFile: "modelConfigJson" },
  texts: {
    "modelConfigFile in a configuration, --model-config in fit": "modelConfigJson",
    modelConfigFile: "modelConfigJson",
    " (modelStore.throughputMBpsPerTiB or modelStore.storageCapacityGiB)": "",
  },
};

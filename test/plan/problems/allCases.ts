/** Every case of this folder. The keys of the `aws` namespace are among those of the configuration. */
import { configurationCases } from "./configurationCases";
import { engineCases } from "./engineCases";
import { exposureCases } from "./exposureCases";
import { modelCases } from "./modelCases";
import { placeCases } from "./placeCases";
import { podCases } from "./podCases";
import type { Provoked } from "./provoked";

export const allCases: readonly Provoked[] = [
  ...configurationCases,
  ...modelCases,
  ...placeCases,
  ...exposureCases,
  ...engineCases,
  ...podCases,
];

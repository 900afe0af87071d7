/** Every rule of this package, in the order of docs/policy.md. */
import type { Rule } from "./rule";
import { administratorRights } from "./rules/administratorRights";
import { efaSecurityGroup } from "./rules/efaSecurityGroup";
import { encryption } from "./rules/encryption";
import { gpuSpendCeiling } from "./rules/gpuSpendCeiling";
import { instanceMetadata } from "./rules/instanceMetadata";
import { openToTheWorld } from "./rules/openToTheWorld";
import { pinnedImages } from "./rules/pinnedImages";
import { podSecurity } from "./rules/podSecurity";
import { publicEndpointKey } from "./rules/publicEndpointKey";
import { publicEndpointTls } from "./rules/publicEndpointTls";
import { requiredTags } from "./rules/requiredTags";

export const rules: readonly Rule[] = [
  encryption,
  instanceMetadata,
  podSecurity,
  pinnedImages,
  requiredTags,
  administratorRights,
  openToTheWorld,
  publicEndpointTls,
  publicEndpointKey,
  efaSecurityGroup,
  gpuSpendCeiling,
];

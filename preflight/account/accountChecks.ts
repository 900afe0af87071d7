/** Every question to AWS, in the order in which a report lists them: caller, place, capacity, then everything else. */
import type { Check } from "../check";
import { certificate } from "./checks/certificate";
import { fileSystemQuota } from "./checks/fileSystemQuota";
import { hostedZone } from "./checks/hostedZone";
import { identity } from "./checks/identity";
import { image } from "./checks/image";
import { instanceTypeFacts } from "./checks/instanceTypeFacts";
import { instanceTypeOffered } from "./checks/instanceTypeOffered";
import { kubernetesVersion } from "./checks/kubernetesVersion";
import { networkQuotas } from "./checks/networkQuotas";
import { reservation } from "./checks/reservation";
import { subnets } from "./checks/subnets";
import { systemVcpuQuota, vcpuQuota } from "./checks/vcpuQuota";
import { zones } from "./checks/zones";
import { prices } from "./checks/prices";

export const accountChecks: readonly Check[] = [
  identity,
  zones,
  instanceTypeOffered,
  instanceTypeFacts,
  vcpuQuota,
  systemVcpuQuota,
  reservation,
  kubernetesVersion,
  subnets,
  networkQuotas,
  fileSystemQuota,
  image,
  hostedZone,
  certificate,
  prices,
];

/** Every question to the machine that Pulumi runs on. */
import type { Check } from "../check";
import { awsCli } from "./checks/awsCli";
import { tokenPrincipal } from "./checks/tokenPrincipal";

export const machineChecks: readonly Check[] = [awsCli, tokenPrincipal];

/** The policy pack that `pulumi --policy-pack` runs. Loading it starts a server, so nothing else may import it. */
import path from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { createEnginePolicies } from "../enginePolicies";
import { rules } from "../allRules";

// The SDK reads the version from package.json in the working directory, which the engine sets to this folder; the package's is two up.
process.chdir(path.join(__dirname, "../.."));
new PolicyPack("vllm-eks", { policies: createEnginePolicies(rules), enforcementLevel: "mandatory" });

/** The customer's key: it must be where the stack is, and able to encrypt everything that it is given for. */
import { keyProblems } from "../components/lustreModelStore/encryptionKey";
import { isPlaceholder, problem, type Problem } from "../sizing/problem";
import { inConfiguration } from "./configurationPaths";
import type { Settings } from "./settingTypes";

export function checkEncryptionKey({ kmsKeyArn, modelStore }: Settings, region: string | undefined): Problem[] {
  if (kmsKeyArn === undefined) return [];
  return [...placeProblems(kmsKeyArn, region), ...inConfiguration("LustreModelStore", keyProblems({ ...modelStore, kmsKeyArn }))];
}

/** A key of another region or partition cannot encrypt here: each service calls KMS of its own region. */
function placeProblems(arn: string, region: string | undefined): Problem[] {
  if (region === undefined || isPlaceholder(arn)) return [];
  const [, partition = "", , keyRegion = ""] = arn.split(":");
  const expected = partitionOf(region);
  if (keyRegion === region && partition === expected) return [];
  return [
    problem({
      code: "out-of-range",
      path: "kmsKeyArn",
      message: `The key ${arn} is in ${keyRegion} of the partition ${partition}; the stack is in ${region} of ${expected}, where only keys of the same region can be used.`,
      fix: `Set kmsKeyArn to a key in ${region}: its ARN begins with arn:${expected}:kms:${region}:.`,
    }),
  ];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

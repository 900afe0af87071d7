/** A resource as rules see it. It looks the same from a plan, a recording and Pulumi's engine. */
import { outputMark, type PlannedResource } from "../plan/plannedResources";

/** `inputs` contains "[output]" where a value is known only after deployment. */
export type CheckedResource = Pick<PlannedResource, "urn" | "type" | "name" | "dependsOn" | "inputs">;

/** Several rules judge launch templates, because nodes get disks, metadata and network interfaces from them. */
export const launchTemplateType = "aws:ec2/launchTemplate:LaunchTemplate";

/** The value at `path`, or undefined when a step does not exist. */
export function valueAt(holder: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (isHolder(value) ? value[key] : undefined), holder);
}

const isHolder = (value: unknown): value is Record<string | number, unknown> => typeof value === "object" && value !== null;

/** The list at `path`; an empty list for anything else, including a value that is not known yet. */
export const listAt = (holder: unknown, ...path: (string | number)[]): unknown[] => {
  const value = valueAt(holder, ...path);
  return Array.isArray(value) ? value : [];
};

/** Marks a value that is not known yet in a recorded preview: `unknownValue` of @pulumi/pulumi/runtime/rpc. */
const unknownInPreview = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that is known only after deployment, or a text that contains one. Rules judge it when `pulumi up` knows it. */
export const isUnknown = (value: unknown): boolean =>
  typeof value === "string" && (value.includes(outputMark) || value === unknownInPreview);

/** The AWS provider accepts and stores some switches as text. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";

/** A resource as rules see it: the same from a plan, from a recording and from Pulumi's engine. */
import { outputMark, type PlannedResource } from "../plan/plannedResources";

/** `inputs` hold "[output]" where a value is known only after deployment. */
export type CheckedResource = Pick<PlannedResource, "urn" | "type" | "name" | "dependsOn" | "inputs">;

/** Launch templates are what several rules judge: nodes get disks, metadata and network interfaces from them. */
export const launchTemplateType = "aws:ec2/launchTemplate:LaunchTemplate";

/** What stands below `path`, or undefined; a step that does not exist is no error. */
export function valueAt(holder: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (isHolder(value) ? value[key] : undefined), holder);
}

const isHolder = (value: unknown): value is Record<string | number, unknown> => typeof value === "object" && value !== null;

/** A list as it is; anything else, a value that is not known yet included, is an empty one. */
export const listAt = (holder: unknown, ...path: (string | number)[]): unknown[] => {
  const value = valueAt(holder, ...path);
  return Array.isArray(value) ? value : [];
};

/** What stands in a recorded preview for a value that is not known yet: `unknownValue` of @pulumi/pulumi/runtime/rpc. */
const unknownInPreview = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that only the deployment brings, or a text that holds one. It is judged when `pulumi up` knows it. */
export const isUnknown = (value: unknown): boolean =>
  typeof value === "string" && (value.includes(outputMark) || value === unknownInPreview);

/** The AWS provider takes and stores some switches as text. */
export const isTrue = (value: unknown): boolean => value === true || value === "true";

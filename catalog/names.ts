/** Names of the catalog, for editors to complete. */
import { instanceTypes } from "./instanceTypes";
import { models } from "./models";

/**
 * Name of an EC2 instance type. The published declaration lists those of the catalog, so that an editor completes them; another text is
 * allowed, and the checks say what they know of it. In the sources it is a plain string, because Pulumi's schema analyzer takes no such
 * union.
 */
export type InstanceTypeName = string;

/**
 * Hugging Face repository of a model. The published declaration lists those of the catalog, so that an editor completes them; every other
 * repository is allowed. In the sources it is a plain string, because Pulumi's schema analyzer takes no such union.
 */
export type ModelName = string;

/** What stands behind each of these types; instance types that are always refused are not proposed. */
export const knownNames = {
  InstanceTypeName: instanceTypes.filter(({ unsupportedReason }) => unsupportedReason === undefined).map(({ name }) => name),
  ModelName: models.map(({ shape }) => shape.id),
} as const satisfies Record<string, readonly string[]>;

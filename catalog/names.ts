/** Names of the catalog, for editors to complete. */
import { instanceTypes } from "./instanceTypes";
import { models } from "./models";

/**
 * Name of an EC2 instance type. The published declaration lists those of the catalog, so that an editor completes them. Other
 * strings are allowed and checked. In the sources it is a plain string, because Pulumi's schema analyzer does not accept such a union.
 */
export type InstanceTypeName = string;

/**
 * Hugging Face repository of a model. The published declaration lists those of the catalog, so that an editor completes them.
 * Other repositories are allowed. In the sources it is a plain string, because Pulumi's schema analyzer does not accept such a union.
 */
export type ModelName = string;

/** The known values of each of these types, without instance types that are always refused. */
export const knownNames = {
  InstanceTypeName: instanceTypes.filter(({ unsupportedReason }) => unsupportedReason === undefined).map(({ name }) => name),
  ModelName: models.map(({ shape }) => shape.id),
} as const satisfies Record<string, readonly string[]>;

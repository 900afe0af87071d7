/**
 * The names of arguments and outputs in other languages. Pulumi's Python generator starts a new word at every capital letter: it turns
 * `storageCapacityGiB` into `storage_capacity_gi_b`, and a schema cannot change that. It turns `Gib` into `storage_capacity_gib`.
 */

/** `GiB` becomes `Gib` and `MBps` becomes `Mbps`, because a unit is one word. */
export const foreignName = (name: string): string => name.replaceAll(/([KMGT])(i?)B(?=ps|[A-Z]|$)/g, "$1$2b");

/** The parts of a package schema that contain names of properties. */
export interface NamedSchema {
  resources: Record<string, { inputProperties: Properties; requiredInputs: string[]; properties: Properties; required: string[] }>;
  types: Record<string, { properties?: Properties; required?: string[] }>;
}

export type Properties = Record<string, PropertyType>;

export interface PropertyType {
  $ref?: string;
  items?: PropertyType;
  additionalProperties?: PropertyType;
}

/** Throws if two names of one object would become the same. */
export function foreignProperties<T>(properties: Record<string, T>): Record<string, T> {
  const renamed = Object.entries(properties).map(([name, value]): [string, T] => [foreignName(name), value]);
  const result = Object.fromEntries(renamed);
  if (Object.keys(result).length < renamed.length)
    throw new Error(`Two of these would have the same name in other languages: ${Object.keys(properties).join(", ")}`);
  return result;
}

const foreignList = (names: string[]): string[] => names.map(foreignName).sort();

/** Returns the schema with the names for other languages. */
export function foreignSchema<Schema extends NamedSchema>(schema: Schema): Schema {
  const resources = Object.entries(schema.resources).map(([token, resource]) => [
    token,
    {
      ...resource,
      inputProperties: foreignProperties(resource.inputProperties),
      requiredInputs: foreignList(resource.requiredInputs),
      properties: foreignProperties(resource.properties),
      required: foreignList(resource.required),
    },
  ]);
  const types = Object.entries(schema.types).map(([token, type]) => [
    token,
    {
      ...type,
      ...(type.properties && { properties: foreignProperties(type.properties) }),
      ...(type.required && { required: foreignList(type.required) }),
    },
  ]);
  return { ...schema, resources: Object.fromEntries(resources) as unknown, types: Object.fromEntries(types) as unknown } as Schema;
}

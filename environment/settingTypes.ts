/**
 * The schema as types. The build writes both out as plain interfaces, so that an editor shows meaning, unit and default of every key
 * (tools/settingDeclarations.mjs).
 */
import type { InstanceTypeName, ModelName } from "../catalog/names";
import type { ConfigSchema } from "./configSchema";
import type { ValueSchema } from "./valueSchema";

/** The configuration as the program reads it: keys with a default are always present, the others are optional. */
export type Settings = Fields<ConfigSchema, "read">;

/**
 * One environment, as a program writes it: the keys of the namespace `vllm-eks`, all optional. A wrong value ends the operation with the
 * cause `invalid-configuration` and every problem at once, before anything is created. Secrets are stored encrypted and do not appear in
 * progress, output or errors. `modelConfigFile` is relative to the working directory of this process.
 * @example
 *     const environment: EnvironmentConfiguration = { model: "Qwen/Qwen3-32B", cluster: { publicAccessCidrs: [] }, apiKey: key };
 */
export type EnvironmentConfiguration = Fields<ConfigSchema, "written">;

/** A part of the platform that the stack installs or finds on the cluster. */
export type PlatformPart = Exclude<keyof Settings["platform"], "chartRepository">;

/** Keys whose values are stored encrypted. */
export type SecretKey = { [Key in keyof ConfigSchema]: ConfigSchema[Key] extends { secret: true } ? Key : never }[keyof ConfigSchema];

type Side = "read" | "written";
/** Keys that are present even if the user does not set them: values with a default, and objects, because their fields may have one. */
type Present = { read: { default: unknown } | { type: "object" }; written: never };
type Names = { InstanceTypeName: InstanceTypeName; ModelName: ModelName };
type Simple = { string: string; integer: number; number: number; boolean: boolean };

type Fields<Schemas, Of extends Side> = {
  -readonly [Key in keyof Schemas as Schemas[Key] extends Present[Of] ? Key : never]: Value<Schemas[Key], Of>;
} & { -readonly [Key in keyof Schemas as Schemas[Key] extends Present[Of] ? never : Key]?: Value<Schemas[Key], Of> };

type Value<Schema, Of extends Side> = Schema extends { enum: readonly (infer Word)[] }
  ? Word
  : Schema extends { names: infer Name extends keyof Names }
    ? Names[Name]
    : Schema extends { type: infer Type extends keyof Simple }
      ? Simple[Type]
      : Schema extends { items: infer Item }
        ? Value<Item, Of>[]
        : Schema extends { properties: infer Properties }
          ? Fields<Properties, Of>
          : Schema extends { additionalProperties: infer Values extends ValueSchema }
            ? Record<string, Value<Values, Of>>
            : never;

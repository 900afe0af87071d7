/** Translates the names of values between the package and other languages, by the schema. Keys that a user chose, such as tags, stay. */
import * as pulumi from "@pulumi/pulumi";
import { foreignName, type NamedSchema, type Properties, type PropertyType } from "./foreignNames";

type Values = Record<string, unknown>;

/** Direction of the values: into a component's constructor, or out to another language. */
type Direction = "in" | "out";

export class Translation {
  /** `schema` has the names of the package. */
  constructor(private readonly schema: NamedSchema) {}

  /** Returns the inputs of a component as its constructor takes them. */
  inputs(token: string, values: Values): Values {
    return this.object(values, this.schema.resources[token]?.inputProperties ?? {}, "in");
  }

  /** Returns the outputs of a component as other languages read them. */
  outputs(token: string, values: Values): Values {
    return this.object(values, this.schema.resources[token]?.properties ?? {}, "out");
  }

  /** Translates a path such as `engine.weightsGiB[0]`. Every part is a name of the package or an index. */
  path(path: string): string {
    return path.replaceAll(/[A-Za-z]\w*/g, foreignName);
  }

  /** Translates a text such as `Set storageCapacityGiB to 1200.`, in which each name of an input is a whole word. */
  text(token: string, text: string): string {
    const renamed = Object.keys(this.schema.resources[token]?.inputProperties ?? {}).filter((name) => foreignName(name) !== name);
    return renamed.reduce((said, name) => said.replaceAll(new RegExp(`\\b${name}\\b`, "g"), foreignName(name)), text);
  }

  private object(values: Values, properties: Properties, direction: Direction): Values {
    const known = new Map(
      Object.entries(properties).map(([own, type]) =>
        direction === "in" ? [foreignName(own), { name: own, type }] : [own, { name: foreignName(own), type }],
      ),
    );
    const entries = Object.entries(values).map(([key, value]): [string, unknown] => {
      const property = known.get(key);
      return property ? [property.name, this.value(value, property.type, direction)] : [key, value];
    });
    return Object.fromEntries(entries);
  }

  private value(value: unknown, type: PropertyType, direction: Direction): unknown {
    if (!this.hasNames(type)) return value;
    if (pulumi.Output.isInstance(value)) return value.apply((known: unknown) => this.value(known, type, direction));
    if (Array.isArray(value)) return value.map((item: unknown) => this.value(item, type.items ?? {}, direction));
    if (typeof value !== "object" || value === null) return value;
    const { additionalProperties } = type;
    if (additionalProperties)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(item, additionalProperties, direction)]));
    return this.object(value as Values, this.propertiesOf(type), direction);
  }

  private propertiesOf({ $ref }: PropertyType): Properties {
    return this.schema.types[$ref?.replace("#/types/", "") ?? ""]?.properties ?? {};
  }

  /** A value of a type without renamed properties is passed on unchanged: an Output of a resource must stay the same object. */
  private hasNames(type: PropertyType): boolean {
    if (type.items) return this.hasNames(type.items);
    if (type.additionalProperties) return this.hasNames(type.additionalProperties);
    return Object.entries(this.propertiesOf(type)).some(([name, each]) => foreignName(name) !== name || this.hasNames(each));
  }
}

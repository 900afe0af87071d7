/** Values under their own names and under foreign ones, by the schema: keys that a user made up, such as those of tags, stay. */
import * as pulumi from "@pulumi/pulumi";
import { foreignName, type NamedSchema, type Properties, type PropertyType } from "./foreignNames";

type Values = Record<string, unknown>;

/** Which way values go: into a component's constructor, or out to another language. */
type Direction = "in" | "out";

export class Translation {
  /** `schema`: in the package's own names. */
  constructor(private readonly schema: NamedSchema) {}

  /** The inputs of a component as its constructor takes them. */
  inputs(token: string, values: Values): Values {
    return this.object(values, this.schema.resources[token]?.inputProperties ?? {}, "in");
  }

  /** The outputs of a component as other languages read them. */
  outputs(token: string, values: Values): Values {
    return this.object(values, this.schema.resources[token]?.properties ?? {}, "out");
  }

  /** `engine.weightsGiB[0]` as other languages write it. Every part is a name of the package or an index. */
  path(path: string): string {
    return path.replaceAll(/[A-Za-z]\w*/g, foreignName);
  }

  /** `Set storageCapacityGiB to 1200.` as other languages write it: names of inputs are words of their own. */
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

  /** Values of types in which nothing is renamed are handed on untouched: an Output of a resource must stay what it is. */
  private hasNames(type: PropertyType): boolean {
    if (type.items) return this.hasNames(type.items);
    if (type.additionalProperties) return this.hasNames(type.additionalProperties);
    return Object.entries(this.propertiesOf(type)).some(([name, each]) => foreignName(name) !== name || this.hasNames(each));
  }
}

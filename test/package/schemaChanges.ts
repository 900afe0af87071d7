/**
 * What a change of the recorded schema means for programs that use the package. A removal, another type or a new required input breaks
 * them, in any language; an optional addition does not. A rename is a removal and an addition.
 */

export interface Property {
  description?: string;
  optional?: boolean;
  plain?: boolean;
  [keyword: string]: unknown;
}

export interface Component {
  inputProperties: Record<string, Property>;
  requiredInputs: string[];
  properties: Record<string, Property>;
  required: string[];
}

/** An object or an enum that components use. */
export interface NamedType {
  type: string;
  properties?: Record<string, Property>;
  required?: string[];
  enum?: { value: unknown }[];
}

export interface PackageSchema {
  resources: Record<string, Component>;
  types: Record<string, NamedType>;
}

const breaking = (what: string) => `breaking: ${what}`;
const additive = (what: string) => `additive, update the golden file: ${what}`;

/** Returns one line for each change, breaking ones first; none if only words differ. */
export function schemaChanges(before: PackageSchema, after: PackageSchema): string[] {
  const changes = [
    ...entries("component", before.resources, after.resources, componentChanges),
    ...entries("type", before.types, after.types, typeChanges),
  ];
  return changes.sort((a, b) => Number(b.startsWith("breaking")) - Number(a.startsWith("breaking")));
}

type Compare<T> = (name: string, before: T, after: T) => string[];

function entries<T>(kind: string, before: Record<string, T>, after: Record<string, T>, compare: Compare<T>): string[] {
  const removed = Object.keys(before).filter((token) => !(token in after));
  const added = Object.keys(after).filter((token) => !(token in before));
  const kept = Object.entries(after).flatMap(([token, value]) => {
    const old = before[token];
    return old === undefined ? [] : compare(shortName(token), old, value);
  });
  return [
    ...removed.map((token) => breaking(`${kind} ${shortName(token)} was removed or renamed`)),
    ...kept,
    ...added.map((token) => additive(`${kind} ${shortName(token)} is new`)),
  ];
}

function componentChanges(name: string, before: Component, after: Component): string[] {
  return [
    ...propertyChanges(name, "input", before.inputProperties, after.inputProperties),
    ...demandChanges(name, "input", before.requiredInputs, after.requiredInputs, after.inputProperties),
    ...propertyChanges(name, "output", before.properties, after.properties),
    ...promiseChanges(name, before.required, after.required, after.properties),
  ];
}

function typeChanges(name: string, before: NamedType, after: NamedType): string[] {
  const values = ({ enum: all = [] }: NamedType) => all.map(({ value }) => String(value));
  const [old, now] = [values(before), values(after)];
  return [
    ...(before.type === after.type ? [] : [breaking(`type ${name} was ${before.type} and is ${after.type}`)]),
    ...old.filter((value) => !now.includes(value)).map((value) => breaking(`value "${value}" of ${name} was removed or renamed`)),
    ...now.filter((value) => !old.includes(value)).map((value) => additive(`value "${value}" of ${name} is new`)),
    ...propertyChanges(name, "field", before.properties, after.properties),
    ...demandChanges(name, "field", before.required, after.required, after.properties),
  ];
}

type Properties = Record<string, Property> | undefined;

function propertyChanges(name: string, kind: string, before: Properties = {}, after: Properties = {}): string[] {
  return [
    ...Object.keys(before)
      .filter((key) => !(key in after))
      .map((key) => breaking(`${kind} ${name}.${key} was removed or renamed`)),
    ...Object.entries(after).flatMap(([key, property]) => {
      const old = before[key];
      if (!old || typeOf(old) === typeOf(property)) return [];
      return [breaking(`${kind} ${name}.${key} was ${typeOf(old)} and is ${typeOf(property)}`)];
    }),
    ...Object.keys(after)
      .filter((key) => !(key in before))
      .map((key) => additive(`${kind} ${name}.${key} is new`)),
  ];
}

/** What a program must give. */
function demandChanges(name: string, kind: string, before: string[] = [], after: string[] = [], properties: Properties = {}): string[] {
  return [
    ...after.filter((key) => !before.includes(key)).map((key) => breaking(`${kind} ${name}.${key} is now required`)),
    ...before.filter((key) => !after.includes(key) && key in properties).map((key) => additive(`${kind} ${name}.${key} is now optional`)),
  ];
}

/** What a program always gets. */
function promiseChanges(name: string, before: string[], after: string[], properties: Record<string, Property>): string[] {
  return [
    ...before.filter((key) => !after.includes(key) && key in properties).map((key) => breaking(`output ${name}.${key} may now be absent`)),
    ...after.filter((key) => !before.includes(key)).map((key) => additive(`output ${name}.${key} is always there`)),
  ];
}

/** Leaves out words and the lists of required names. `plain` belongs to the type, because generated SDKs write the two differently. */
function typeOf(property: Property): string {
  const { description: _words, optional: _listed, plain, ...type } = property;
  const only = Object.keys(type).length === 1 ? type.type : undefined;
  return `${plain ? "plain " : ""}${typeof only === "string" ? only : JSON.stringify(type)}`;
}

const shortName = (token: string) => token.replace(/^.*:/, "");

/** What a rule is: a pure function from resources to violations, with everything that is told about it. */
import type { CheckedResource } from "./checkedResource";

export interface Violation {
  /** Name of the rule. */
  rule: string;
  urn: string;
  /** Names resource, setting and value, the rule, and what to do. */
  message: string;
}

/** What a rule finds; the rule's own name is added outside. */
export interface Finding {
  resource: CheckedResource;
  /** Of the input, for example `metadataOptions.httpTokens`. */
  path: string;
  /** `undefined` where it is missing. */
  value: unknown;
  /** What is allowed, as half a sentence. */
  rule: string;
  /** What to do, as a sentence without its full stop. */
  fix: string;
}

/** A setting of a rule, in the words of JSON schema, as Pulumi reads them. */
export interface RuleSetting {
  type: "number" | "integer" | "boolean" | "array";
  items?: { type: "string" };
  minimum?: number;
  description: string;
  /** Absent: the rule is silent until a value is given. */
  default?: number | boolean | string[];
}

interface RuleText {
  /** Public and never renamed: it stands in people's configuration. */
  name: string;
  /** What is required, and why. */
  description: string;
  /** Page that the reason comes from. */
  source: string;
  settings: Readonly<Record<string, RuleSetting>>;
}

/** Judges each resource by itself, before it is made. */
export interface ResourceRule extends RuleText {
  scope: "resource";
  check(resource: CheckedResource, configured?: Record<string, unknown>): Violation[];
}

/** Judges resources by what else is there: at the end of a preview, and again at the end of an update. */
export interface StackRule extends RuleText {
  scope: "stack";
  check(resources: readonly CheckedResource[], configured?: Record<string, unknown>): Violation[];
}

export type Rule = ResourceRule | StackRule;

type Judge<Subject, Settings> = (subject: Subject, settings: Settings) => Finding[];

/** `Settings` names the types of `settings`: each with a default is always there. */
export function resourceRule<Settings>(text: RuleText, judge: Judge<CheckedResource, Settings>): ResourceRule {
  return { ...text, scope: "resource", check: checkWith(text, judge) };
}

export function stackRule<Settings>(text: RuleText, judge: Judge<readonly CheckedResource[], Settings>): StackRule {
  return { ...text, scope: "stack", check: checkWith(text, judge) };
}

function checkWith<Subject, Settings>({ name, settings }: RuleText, judge: Judge<Subject, Settings>) {
  const defaults = Object.fromEntries(Object.entries(settings).map(([key, setting]) => [key, setting.default]));
  return (subject: Subject, configured: Record<string, unknown> = {}): Violation[] => {
    const inForce = Object.entries(configured).filter(([, value]) => value !== undefined);
    return judge(subject, { ...defaults, ...Object.fromEntries(inForce) } as Settings).map((finding) => ({
      rule: name,
      urn: finding.resource.urn,
      message: messageOf(finding),
    }));
  };
}

function messageOf({ resource, path, value, rule, fix }: Finding): string {
  return `${resource.name}: ${path} is ${value === undefined ? "not set" : JSON.stringify(value)}; ${rule}. ${fix}.`;
}

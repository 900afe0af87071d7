/** A rule: a pure function from resources to violations, with its description, source and settings. */
import type { CheckedResource } from "./checkedResource";

export interface Violation {
  /** Name of the rule. */
  rule: string;
  urn: string;
  /** Names the resource, the setting and its value, the rule, and what to do. */
  message: string;
}

/** What a rule finds; `checkWith` adds the rule's name. */
export interface Finding {
  resource: CheckedResource;
  /** Path of the input, for example `metadataOptions.httpTokens`. */
  path: string;
  /** `undefined` when the input is missing. */
  value: unknown;
  /** What is required or allowed, as a clause. */
  rule: string;
  /** What to do, as a sentence without its full stop. */
  fix: string;
}

/** A setting of a rule as a JSON schema, which Pulumi reads. */
export interface RuleSetting {
  type: "number" | "integer" | "boolean" | "array";
  items?: { type: "string" };
  minimum?: number;
  description: string;
  /** Without a default, the rule does nothing until a value is given. */
  default?: number | boolean | string[];
}

interface RuleText {
  /** Public, so never renamed: users write it in their configuration. */
  name: string;
  /** What is required, and why. */
  description: string;
  /** The page that gives the reason. */
  source: string;
  settings: Readonly<Record<string, RuleSetting>>;
}

/** Judges each resource alone, before Pulumi creates it. */
export interface ResourceRule extends RuleText {
  scope: "resource";
  check(resource: CheckedResource, configured?: Record<string, unknown>): Violation[];
}

/** Judges the resources of a stack together, at the end of a preview and again at the end of an update. */
export interface StackRule extends RuleText {
  scope: "stack";
  check(resources: readonly CheckedResource[], configured?: Record<string, unknown>): Violation[];
}

export type Rule = ResourceRule | StackRule;

type Judge<Subject, Settings> = (subject: Subject, settings: Settings) => Finding[];

/** `Settings` gives the types of `settings`; a setting with a default is always present. */
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

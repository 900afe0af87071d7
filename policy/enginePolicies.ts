/** Turns rules into policies of Pulumi's engine, which passes resources in its own form. */
import type { Policies, PolicyConfigSchema, PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { outputMark } from "../plan/plannedResources";
import type { CheckedResource } from "./checkedResource";
import type { Rule } from "./rule";

export function createEnginePolicies(rules: readonly Rule[]): Policies {
  return rules.map((rule) => {
    const { name, source } = rule;
    const policy = {
      ...{ name, url: source, description: `${rule.description} ${source}`, enforcementLevel: "mandatory" as const },
      ...(Object.keys(rule.settings).length > 0 && { configSchema: configSchemaOf(rule) }),
    };
    if (rule.scope === "resource") {
      return {
        ...policy,
        validateResource: (args: ResourceValidationArgs, report: (message: string) => void) =>
          rule.check(toCheckedResource(args, []), args.getConfig<Record<string, unknown>>()).forEach(({ message }) => report(message)),
      };
    }
    return {
      ...policy,
      validateStack: (args: StackValidationArgs, report: (message: string, urn?: string) => void) => {
        const resources = args.resources.map((each) => toCheckedResource(each, urnsOf(each)));
        rule.check(resources, args.getConfig<Record<string, unknown>>()).forEach(({ message, urn }) => report(message, urn));
      },
    };
  });
}

const configSchemaOf = ({ settings }: Rule): PolicyConfigSchema => ({ properties: { ...settings } });

const urnsOf = ({ dependencies }: PolicyResource): string[] => dependencies.map(({ urn }) => urn);

type EngineResource = Pick<ResourceValidationArgs, "urn" | "type" | "name" | "props">;

const toCheckedResource = ({ urn, type, name, props }: EngineResource, dependsOn: string[]): CheckedResource => ({
  ...{ urn, type, name, dependsOn },
  inputs: readProperties(props) as Record<string, unknown>,
});

/**
 * The SDK's proxies end a policy, with a warning, at the first value that is known only after deployment. A rule reads more of the resource
 * than that, so such a value becomes the mark that a plan uses for it.
 */
function readProperties(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const holder = value as Record<string | number, unknown>;
  if (Array.isArray(value)) return value.map((_, index) => readProperty(holder, index));
  return Object.fromEntries(Object.keys(value).map((key) => [key, readProperty(holder, key)]));
}

function readProperty(holder: Record<string | number, unknown>, key: string | number): unknown {
  try {
    return readProperties(holder[key]);
  } catch (error) {
    // The SDK does not export the error's class: https://github.com/pulumi/pulumi-policy/blob/d8115406020f/sdk/nodejs/policy/proxy.ts
    if (error instanceof Error && error.constructor.name === "UnknownValueError") return outputMark;
    throw error;
  }
}

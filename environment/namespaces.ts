/**
 * The namespaces of a stack's configuration. Pulumi hands a program only the keys that it asks for, so a key of a namespace with a typing
 * error is nothing: `vllm:model` would leave the default model.
 */
import { distance } from "fastest-levenshtein";
import { pulumiPackages } from "../catalog/pulumiPackages";
import { configRemoveKey, configSet, shellCommand } from "../sizing/shellCommand";
import { problem, type Problem } from "../sizing/problem";
import { configNamespace, configSchema } from "./configSchema";

interface Keys {
  /** Every key with its namespace. */
  keys: readonly string[];
  /** `name` of Pulumi.yaml. Its namespace belongs to the program that embeds this one. */
  project: string;
  stack: string;
}

export function checkNamespaces({ keys, project, stack }: Keys): Problem[] {
  return keys.flatMap((key) => {
    const [namespace = "", name = ""] = splitKey(key);
    if (namespace === configNamespace || namespace === "aws") return [];
    const set = (right: string) => shellCommand(...configSet(stack, `${right}:${name}`, "<value>"));
    const remove = shellCommand(...configRemoveKey(stack, key));
    if (namespace === project) return checkProjectKey(key, name, keys, set(configNamespace), remove);
    if (pulumiPackages.includes(namespace)) return [];
    const meant = meantBy(namespace);
    if (meant !== undefined) {
      // Another project may have a namespace of nearly the same name, but hardly one that differs only by case or separators.
      const isOurs = project === configNamespace || plain(namespace) === plain(meant);
      return [
        problem({
          code: "unknown-key",
          severity: isOurs ? "error" : "warning",
          path: key,
          message: `The program reads the namespaces ${configNamespace} and aws, so "${key}" would have no effect.`,
          fix: `Did you mean ${meant}:${name}? Set it: ${set(meant)}. Then remove the other key: ${remove}`,
        }),
      ];
    }
    // Another program may read its own namespaces.
    if (project !== configNamespace) return [];
    return [
      problem({
        code: "unknown-key",
        path: key,
        message: `"${namespace}" is not the namespace of this program (${configNamespace}), of its provider (aws) or of a known Pulumi package, so "${key}" would have no effect.`,
        fix: `Remove it: ${remove}. If you extended the program and it reads this namespace, give your project another name in Pulumi.yaml.`,
      }),
    ];
  });
}

/** A project with another name has its own keys. One that this program would read under its namespace is probably meant for it. */
function checkProjectKey(key: string, name: string, keys: readonly string[], set: string, remove: string): Problem[] {
  const own = `${configNamespace}:${name}`;
  if (!Object.hasOwn(configSchema, name) || keys.includes(own)) return [];
  return [
    problem({
      code: "unknown-key",
      severity: "warning",
      path: key,
      message: `"${key}" is in the namespace of your project, and ${configNamespace} reads ${own}.`,
      fix: `If it is meant for ${configNamespace}: ${set}. Then remove the other key: ${remove}`,
    }),
  ];
}

/** `namespace:name`; the earlier form `namespace:config:name` is the same key. */
export function splitKey(key: string): [namespace: string, name: string] {
  const [, namespace = "", name = ""] = /^([^:]*):(?:config:)?(.*)$/s.exec(key) ?? [];
  return [namespace, name];
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Spellings of our namespace and of `aws`: other separators, other case, a letter more, less or changed, or the beginning alone. */
function meantBy(namespace: string): string | undefined {
  const written = plain(namespace);
  const own = plain(configNamespace);
  if (written === "vllm" || (written.length > 3 && distance(written, own) <= 2) || written.startsWith(own)) return configNamespace;
  return written === "aws" || (written.length <= 4 && isSlip(written, "aws")) ? "aws" : undefined;
}

/** One letter more, less or changed, or two that changed places. */
const isSlip = (written: string, word: string): boolean =>
  distance(written, word) === 1 || (written.length === word.length && [...written].sort().join("") === [...word].sort().join(""));

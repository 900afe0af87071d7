/** Checks engine arguments: which ones are refused, and why. */
import { requirements } from "../../catalog/versions";
import { hasErrors, problem, type Problem } from "../../sizing/problem";
import { compareVersions } from "../../sizing/versions";
import { entryPath, entryProblems, flagProblems, secretFlags, strayProblem } from "./argumentForm";
import { everyFlagFrom, flagListOf, readArguments, type FlagList, type ReadArgument } from "./argumentParser";
import type { EngineSettings } from "./engineArguments";
import { ownFlags, settingOf, trustingFlags } from "./flagRules";
import { splitEntry } from "./splitEntry";

/** First release that starts on several nodes without Ray and that later releases build on. */
const firstMultiNodeVersion = requirements.minimumVllmMultiNode.version;

type ArgumentSettings = Pick<EngineSettings, "engine" | "vllmVersion" | "groupSize">;

export function checkEngineArguments(settings: ArgumentSettings, minimumVllmVersion?: string): Problem[] {
  const { engine, vllmVersion } = settings;
  const version = checkVersion(settings, minimumVllmVersion);
  return isVllmVersion(vllmVersion) ? [...version, ...checkWords(engine.extraArguments ?? [], settings)] : version;
}

/** An entry that holds several words is refused, and its words are checked as if they were entries. */
function checkWords(entries: readonly string[], { vllmVersion, groupSize }: ArgumentSettings): Problem[] {
  const list = flagListOf(vllmVersion);
  const pieces = entries.map((entry) => splitEntry(entry, list.flags));
  const words = entries.flatMap((entry, index) => (pieces[index]?.words ?? [entry]).map((text) => ({ text, index })));
  const { found, strays } = readArguments(
    words.map(({ text }) => text),
    list.flags,
  );
  const placed = found.map((argument) => ({ ...argument, index: words[argument.index]?.index ?? 0 }));
  const secret = placed.some((argument) => has(argument, secretFlags, list));
  const firstSplit = pieces.findIndex((piece) => piece !== undefined);
  const problems = [
    ...entryProblems(entries, pieces, secret),
    ...placed.flatMap((argument, at) => checkArgument(argument, placed.slice(0, at), list)),
    ...strays.map((at) => strayProblem(words[at]?.index ?? 0)),
    ...(groupSize > 1 ? placed.flatMap(checkAll2All) : []),
  ];
  // Splitting an entry moves the ones after it, so no other proposal may name a place in the list.
  const movesOthers = ({ code, path }: Problem) => code === "engine-argument-malformed" && path === entryPath(firstSplit);
  return firstSplit < 0 ? problems : problems.map((each) => (movesOthers(each) ? each : { ...each, changes: [] }));
}

/** A flag that is refused needs no advice about its form. */
function checkArgument(argument: ReadArgument, before: readonly ReadArgument[], list: FlagList): Problem[] {
  const previous = before.at(-1);
  // What follows a key may be another key, which begins with a hyphen.
  if (!argument.flag && previous && has(previous, secretFlags, list)) return [];
  const rules = checkFlag(argument, list);
  if (hasErrors(rules)) return rules;
  const form = flagProblems(argument, before, list);
  return [...rules, ...(rules.length > 0 ? form.filter(({ code }) => code !== "engine-argument-unknown") : form)];
}

/** True if vLLM would take the argument for one of these flags. Without a list of the version, any release that would is enough. */
function has({ flag, typed }: ReadArgument, names: readonly string[], { exact }: FlagList): boolean {
  if (flag) return flag.names.some((name) => names.includes(name));
  return !exact && typed.length > 3 && everyFlagFrom(typed).some((each) => each.names.some((name) => names.includes(name)));
}

/** Names the flag but never its value, because messages end up in logs. */
function checkFlag(argument: ReadArgument, list: FlagList): Problem[] {
  const { index, name, typed } = argument;
  const shown = name === undefined || name === typed ? typed : `${typed} (${name})`;
  if (has(argument, secretFlags, list)) {
    const message = `${shown} would put a secret in the pods' manifest, where anyone who may list pods can read it.`;
    return [engineProblem("secret-in-clear-text", index, message, "Remove it; the API key comes from a Secret (apiKeySecretName).")];
  }
  const setting = Object.keys(settingOf).find((flag) => has(argument, [flag], list));
  if (setting !== undefined) {
    const message = `${shown} has its own setting, from which memory and layout are computed.`;
    return [engineProblem("engine-argument-reserved", index, message, `Remove it and set ${settingOf[setting]}.`)];
  }
  if (has(argument, ownFlags, list)) {
    const message = `The component sets ${shown} itself: the group, the probes and the load balancer rely on it.`;
    return [engineProblem("engine-argument-reserved", index, message, "Remove it.")];
  }
  return trusting(argument, shown, list);
}

function trusting(argument: ReadArgument, shown: string, list: FlagList): Problem[] {
  const { index, name, values, field } = argument;
  // vLLM 0.33 names the form that switches a flag off `--disable-…`, earlier releases `--no-enable-…`.
  if (/^--(no|disable)-/.test(name ?? "")) return [];
  const text = [field ?? "", ...values].join(" ").trim();
  const rule = trustingFlags.find(({ flag, where }) => has(argument, [flag], list) && (where?.test(text) ?? true));
  if (rule === undefined) return [];
  const message = `${shown} ${rule.does}.`;
  const fix =
    rule.flag === "--trust-remote-code"
      ? "Keep it only if you have read the model's code, and pin the revision to that commit."
      : "Keep it only if you trust that code and everyone who can call the endpoint.";
  return [{ ...engineProblem("engine-argument-reserved", index, message, fix), severity: "warning" }];
}

/** Backends that reach other nodes by a kind of RDMA that EFA does not support: https://github.com/vllm-project/vllm/issues/27633 */
const notOverEfa = ["deepep_high_throughput", "deepep_low_latency", "pplx"];

function checkAll2All({ index, flag, values: [value] }: ReadArgument): Problem[] {
  if (!flag?.names.includes("--all2all-backend") || value === undefined || !notOverEfa.includes(value)) return [];
  const message = `${value} sends experts' tokens between nodes by GPU-initiated RDMA (IBGDA), which EFA does not offer: the engine fails at start.`;
  const fix = "Remove --all2all-backend: vLLM's default, allgather_reducescatter, works over EFA.";
  return [engineProblem("all2all-backend-unsupported", index, message, fix)];
}

function checkVersion({ vllmVersion, groupSize }: ArgumentSettings, minimumVllmVersion?: string): Problem[] {
  const path = "engine.vllmVersion";
  if (!isVllmVersion(vllmVersion)) {
    return [problem({ code: "wrong-type", path, message: `"${vllmVersion}" is not a vLLM release number.`, fix: "Write it as 0.27.1." })];
  }
  const problems: Problem[] = [];
  if (groupSize > 1 && compareVersions(vllmVersion, firstMultiNodeVersion) < 0) {
    const message = `vLLM ${vllmVersion} does not start on ${groupSize} nodes without Ray; ${firstMultiNodeVersion} does.`;
    problems.push(tooOld(message, firstMultiNodeVersion));
  }
  if (minimumVllmVersion !== undefined && compareVersions(vllmVersion, minimumVllmVersion) < 0) {
    problems.push(tooOld(`vLLM ${vllmVersion} does not know the model, which needs vLLM ${minimumVllmVersion}.`, minimumVllmVersion));
  }
  return problems;
}

const isVllmVersion = (version: string): boolean => /^v?\d+\.\d+(\.\d+)?([.+-]?[0-9A-Za-z]+)*$/.test(version);

const tooOld = (message: string, minimum: string): Problem =>
  problem({
    ...{ code: "engine-version-unsupported", path: "engine.vllmVersion", message },
    fix: `Set image to one with vLLM ${minimum} or later.`,
  });

const engineProblem = (code: Problem["code"], index: number, message: string, fix: string): Problem =>
  problem({ code, path: entryPath(index), message, fix });

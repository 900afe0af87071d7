/** The model of an environment: its numbers, the commit to deploy, and its size. */
import { defaultRevision } from "../catalog/models";
import { resolveModel, type ResolvedModel } from "../sizing/model/modelConfig";
import { weightBytes } from "../sizing/model/parameters";
import { problem, type Problem } from "../sizing/problem";
import { configSecret, shellCommand } from "../sizing/shellCommand";
import { isGiven } from "./secrets";
import type { Settings } from "./settingTypes";
import { referenceOf, type ConfigurationInput } from "./configurationInput";
import type { EnvironmentModel } from "./environment";
import { bytesPerGiB } from "../sizing/units";

export function resolveServedModel(
  settings: Settings,
  input: Pick<ConfigurationInput, "stack" | "reference" | "modelConfigJson">,
): { model?: EnvironmentModel; problems: Problem[] } {
  const { modelConfigJson } = input;
  const { model: resolved, problems } = resolveModel({
    model: settings.model,
    ...(modelConfigJson !== undefined && { modelConfigJson }),
  });
  if (!resolved) return { problems };
  const revision = settings.modelRevision ?? resolved.catalog?.revision;
  const weightsGiB = weightBytes(resolved.shape) / bytesPerGiB;
  const model = {
    id: settings.model,
    revision,
    allowPickleWeights: settings.allowPickleWeights,
    resolved,
    configJson: modelConfigJson,
    weightsGiB,
    downloadGiB: Math.max(weightsGiB, resolved.catalog?.downloadGiB ?? 0),
  };
  const checks = [...checkRevision(resolved, revision), ...checkPickle(settings), ...checkToken(settings, resolved, referenceOf(input))];
  return { model, problems: [...problems, ...checks] };
}

function checkPickle({ model, allowPickleWeights }: Settings): Problem[] {
  if (!allowPickleWeights) return [];
  return [
    problem({
      code: "pickle-weights-allowed",
      severity: "warning",
      path: "allowPickleWeights",
      message: `If ${model} has no safetensors, its pickle files are downloaded. Loading a pickle can run code next to every prompt.`,
      fix: "Set allowPickleWeights to false, and choose a repository with safetensors files.",
      changes: [{ path: "allowPickleWeights", value: false }],
    }),
  ];
}

function checkRevision(model: ResolvedModel, revision: string | undefined): Problem[] {
  if (revision && /^[0-9a-f]{40}$/.test(revision)) return [];
  return [
    problem({
      code: "model-revision-unpinned",
      severity: "warning",
      path: "modelRevision",
      message: `${revision ? `"${revision}"` : `The branch ${defaultRevision}`} of ${model.shape.id} can change; the download resolves it once, records the commit and keeps using it.`,
      fix: "Set modelRevision to the 40-digit commit that you have tested.",
    }),
  ];
}

/** Without the token, the download fails only after the cluster is up. GPUs that start with the cluster are billed by then. */
function checkToken({ model, huggingFaceToken }: Settings, { catalog }: ResolvedModel, stack: string): Problem[] {
  if (!catalog?.gated || isGiven(huggingFaceToken)) return [];
  return [
    problem({
      code: "hugging-face-token-unset",
      severity: "setBeforeUp",
      path: "huggingFaceToken",
      message: `${model} is gated: Hugging Face refuses a download without a token (401).`,
      fix: `Accept the model's terms on its page, then store a token that may read it; Pulumi asks for it: ${shellCommand(...configSecret(stack, "huggingFaceToken"))}`,
    }),
  ];
}

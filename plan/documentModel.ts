/** The section of a plan that describes the model. */
import { parameterCount } from "../sizing/model/parameters";
import type { ResolvedModel } from "../sizing/model/modelConfig";

export interface DocumentModel {
  id: string;
  /** Commit, tag or branch; `null` means the branch `main`. */
  revision: string | null;
  architecture: string;
  parameters: number;
  weightsGiB: number;
  quantization: string | null;
  source: "catalog" | "config";
}

interface NamedModel {
  id: string;
  revision: string | undefined;
  resolved: ResolvedModel;
  weightsGiB: number;
}

export function documentModel({ id, revision, resolved, weightsGiB }: NamedModel): DocumentModel {
  const { shape, source } = resolved;
  return {
    id,
    revision: revision ?? null,
    architecture: shape.architecture,
    parameters: parameterCount(shape),
    weightsGiB,
    quantization: shape.weights.quantization?.method ?? null,
    source,
  };
}

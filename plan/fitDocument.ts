/** The output of `fit --json`. plan/fitSchema.json is the contract. */
import type { ThroughputBounds } from "../sizing/costAndTime/throughput";
import type { DocumentShape } from "../sizing/layout/parallelism";
import type { GroupMemory } from "../sizing/memory/memory";
import type { Problem } from "../sizing/problem";
import type { Verdict } from "./document";
import type { DocumentModel } from "./documentModel";

export interface FitDocument {
  schemaVersion: 1;
  verdict: Verdict;
  problems: Problem[];
  model: DocumentModel | null;
  /** One group on the given instance type. */
  shape: DocumentShape | null;
  memory: GroupMemory | null;
  /** On demand, us-east-1; `null` when the type has no on-demand price. */
  hourlyUsd: number | null;
  throughput: FitThroughput | null;
  /** Without an instance type: shapes that fit, cheapest first, then shapes that almost fit. */
  candidates: FitCandidateDocument[] | null;
}

export interface FitCandidateDocument {
  shape: DocumentShape;
  memory: GroupMemory | null;
  /** On demand, us-east-1; `null` when the type has no on-demand price. */
  hourlyUsd: number | null;
  /** Price of a million tokens of KV cache for an hour. */
  hourlyUsdPerMillionKvTokens: number | null;
  throughput: FitThroughput | null;
  missingGiBPerGpu: number | null;
  enableExpertParallel: boolean;
  verdict: Verdict;
  problems: Problem[];
}

/** The most that the hardware allows, and so the least that a token costs. */
export interface FitThroughput extends ThroughputBounds {
  usdPerMillionTokens: number | null;
}

/** Every section is always present. */
export function fitDocument({
  verdict,
  problems,
  model,
  shape,
  memory,
  hourlyUsd,
  throughput,
  candidates,
}: Partial<FitDocument> & Pick<FitDocument, "verdict" | "problems">): FitDocument {
  return {
    schemaVersion: 1,
    verdict,
    problems,
    model: model ?? null,
    shape: shape ?? null,
    memory: memory ?? null,
    hourlyUsd: hourlyUsd ?? null,
    throughput: throughput ?? null,
    candidates: candidates ?? null,
  };
}

export function priced(throughput: ThroughputBounds, hourlyUsd: number | undefined): FitThroughput {
  return { ...throughput, usdPerMillionTokens: hourlyUsd === undefined ? null : (hourlyUsd / 3600 / throughput.fullTokensPerSecond) * 1e6 };
}

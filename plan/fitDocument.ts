/** What `fit --json` prints: the contract is plan/fitSchema.json. */
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
  /** On demand, us-east-1; `null` where the type has no such price. */
  hourlyUsd: number | null;
  throughput: FitThroughput | null;
  /** Without an instance type: what fits, cheapest first, then what comes close. */
  candidates: FitCandidateDocument[] | null;
}

export interface FitCandidateDocument {
  shape: DocumentShape;
  memory: GroupMemory | null;
  /** On demand, us-east-1; `null` where the type has no such price. */
  hourlyUsd: number | null;
  /** Price of holding a million tokens of KV cache for an hour. */
  hourlyUsdPerMillionKvTokens: number | null;
  throughput: FitThroughput | null;
  missingGiBPerGpu: number | null;
  enableExpertParallel: boolean;
  verdict: Verdict;
  problems: Problem[];
}

/** What hardware allows at most, and so what a token costs at least. */
export interface FitThroughput extends ThroughputBounds {
  usdPerMillionTokens: number | null;
}

/** Every section is always there. */
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

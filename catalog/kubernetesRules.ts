/** Kubernetes' own limits on values, which the form check and the components apply. */
import type { Source } from "./source";

/** Number of the user or group of a pod: the API server refuses one beyond a signed 32-bit integer. */
export const userId = {
  largest: 2_147_483_647,
  source: {
    url: "https://github.com/kubernetes/apimachinery/blob/v0.35.0/pkg/util/validation/validation.go (IsValidUserID)",
    asOf: "2026-11-30",
    confidence: "high",
  } satisfies Source,
} as const;

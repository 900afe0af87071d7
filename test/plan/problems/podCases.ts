/** Problems of what pods may do, and of what travels to them. */
import type { Provoked } from "./provoked";

const warning = { severity: "warning" } as const;

export const podCases: Provoked[] = [
  {
    ...{ ...warning, code: "store-feature-conflict", path: "modelStore.rootSquash", settings: ["modelStore.rootSquash=65534:65534"] },
    says: ["65534:65534", "download"],
  },
  {
    ...{ ...warning, code: "non-root-unproven", path: "engine.runAsNonRoot", settings: ["engine.runAsNonRoot=true"] },
    ...{ says: ["IPC_LOCK", "/vllm:"], proposes: ["engine.runAsNonRoot=false"] },
  },
  {
    ...{ ...warning, code: "setting-ignored", path: "engine.runAsUser", settings: ["engine.runAsUser=2000"] },
    ...{ says: ["2000", "as root"], proposes: ["engine.runAsNonRoot=true"] },
  },
  {
    ...{ ...warning, code: "key-readable-in-transit", path: "ingress.certificateArn", settings: ["apiKey=sk-test-only-0123456789"] },
    says: ["plain HTTP", "API key"],
  },
];

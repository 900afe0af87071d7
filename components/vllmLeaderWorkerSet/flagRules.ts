/** Flags that users may not set, and flags that run other code or trust requests: https://docs.vllm.ai/en/latest/usage/security */

/** Flags that have a setting, which the computed fit and the manifests rely on. */
export const settingOf: Readonly<Record<string, string>> = {
  "--model": "model",
  "--served-model-name": "servedModelName",
  "--tensor-parallel-size": "tensorParallelSize",
  "--pipeline-parallel-size": "pipelineParallelSize",
  "--max-model-len": "engine.maxModelLen",
  "--gpu-memory-utilization": "engine.gpuMemoryUtilization",
  "--max-num-seqs": "engine.maxNumSeqs",
  "--max-num-batched-tokens": "engine.maxNumBatchedTokens",
  "--kv-cache-dtype": "engine.kvCacheDtype",
  "--enable-expert-parallel": "engine.enableExpertParallel",
  "--shutdown-timeout": "drainSeconds",
};

/** Flags that only this package sets. */
export const ownFlags: readonly string[] = [
  ...["--nnodes", "--node-rank", "--master-addr", "--master-port", "--headless", "--distributed-executor-backend"],
  ...["--data-parallel-size", "--data-parallel-size-local", "--data-parallel-address", "--data-parallel-rpc-port"],
  ...["--data-parallel-rank", "--data-parallel-start-rank", "--data-parallel-backend", "--data-parallel-hybrid-lb"],
  ...["--data-parallel-external-lb", "--data-parallel-multi-port-external-lb", "--data-parallel-supervisor-port"],
  // The probes and the load balancer use plain HTTP on this port; a configuration file could change any of these.
  ...["--host", "--port", "--uds", "--ssl-keyfile", "--ssl-certfile", "--ssl-ca-certs", "--config", "--disable-access-log-for-endpoints"],
  ...["--grpc", "--grpc-port", "--help"],
];

/** What a flag makes vLLM run or give away, and with which values; without a pattern with any. */
export interface TrustingFlag {
  flag: string;
  does: string;
  where?: RegExp;
}

const runsPython = "runs Python that it names, with access to every prompt and key";
const takesTensors = "lets each request send tensors, which vLLM loads without checking their shape: a client can crash the engine";

/** Found by reading what vLLM 0.27.1 and 0.32.0 import by a name that they were given. */
export const trustingFlags: readonly TrustingFlag[] = [
  { flag: "--trust-remote-code", does: "runs Python from the model's repository, with access to every prompt" },
  ...["--middleware", "--tool-parser-plugin", "--reasoning-parser-plugin", "--io-processor-plugin", "--logits-processors"].map(named),
  ...["--worker-cls", "--worker-extension-cls", "--scheduler-cls", "--model-class-overrides", "--ec-manager-config"].map(named),
  { flag: "--logits-processor-pattern", does: "lets each request name Python that vLLM runs" },
  { flag: "--kv-transfer-config", does: runsPython, where: /module_path/ },
  { flag: "--ec-transfer-config", does: runsPython, where: /module_path/ },
  { flag: "--structured-outputs-config", does: runsPython, where: /reasoning_parser_plugin/ },
  { flag: "--speculative-config", does: runsPython, where: /custom_class/ },
  { flag: "--compilation-config", does: runsPython, where: /"?backend"?\s*[:=]?\s*"?\w+\./ },
  { flag: "--load-format", does: "loads weights in pickle format, which can run code", where: /^(pt|npcache)$/ },
  { flag: "--trust-request-chat-template", does: "runs a chat template from each request" },
  { flag: "--trust-request-mm-kwargs", does: "passes arguments of each request to the model's processor" },
  { flag: "--enable-prompt-embeds", does: takesTensors },
  { flag: "--enable-mm-embeds", does: takesTensors },
  { flag: "--allowed-local-media-path", does: "lets every client read the files below that folder of the pod" },
];

function named(flag: string): TrustingFlag {
  return { flag, does: runsPython };
}

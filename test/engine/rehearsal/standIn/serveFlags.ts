/**
 * Arguments that `vllm serve` takes, as its page (https://docs.vllm.ai/en/v0.30.0/cli/serve/) and its sources name them. Not all of them: those
 * that this package, the recipes of its catalog and its documents use, and what else decides about engine, group and server.
 */
const words = (text: string) => text.trim().split(/\s+/);

/** Take one value. */
export const valued: ReadonlySet<string> = new Set(
  words(`
    --model --runner --convert --tokenizer --tokenizer-mode --dtype --seed --hf-config-path --revision --code-revision --tokenizer-revision
    --max-model-len --quantization --max-logprobs --config-format --hf-token --hf-overrides --generation-config
    --override-generation-config --model-impl --logits-processors --load-format --download-dir --model-loader-extra-config
    --ignore-patterns --reasoning-parser --reasoning-parser-plugin --distributed-executor-backend --pipeline-parallel-size
    --master-addr --master-port --nnodes --node-rank --distributed-timeout-seconds --cpu-distributed-timeout-seconds --tensor-parallel-size
    --decode-context-parallel-size --prefill-context-parallel-size --data-parallel-size --data-parallel-rank
    --data-parallel-start-rank --data-parallel-size-local --data-parallel-address --data-parallel-rpc-port --data-parallel-backend
    --all2all-backend --eplb-config --expert-placement-strategy --max-parallel-loading-workers --worker-cls --block-size
    --gpu-memory-utilization --kv-cache-memory-bytes --kv-cache-dtype --num-gpu-blocks-override --prefix-caching-hash-algo
    --cpu-offload-gb --kv-offloading-size --kv-offloading-backend --mamba-cache-dtype --mamba-ssm-cache-dtype --limit-mm-per-prompt
    --media-io-kwargs --mm-processor-kwargs --mm-encoder-tp-mode --mm-processor-cache-gb --max-loras --max-lora-rank --lora-dtype
    --max-cpu-loras --otlp-traces-endpoint --max-num-batched-tokens --max-num-seqs --max-num-partial-prefills
    --long-prefill-token-threshold --scheduling-policy --scheduler-cls --stream-interval --cudagraph-capture-sizes
    --max-cudagraph-capture-size --speculative-config --kv-transfer-config --kv-events-config --compilation-config --attention-config
    --attention-backend --moe-backend --additional-config --structured-outputs-config --api-server-count --config --chat-template
    --chat-template-content-format --default-chat-template-kwargs --response-role --tool-call-parser --tool-parser-plugin --tool-server
    --log-config-file --max-log-len --host --port --uds --uvicorn-log-level --disable-access-log-for-endpoints --allowed-origins
    --allowed-methods --allowed-headers --ssl-keyfile --ssl-certfile --ssl-ca-certs --ssl-cert-reqs --root-path --middleware
    --h11-max-incomplete-event-size --h11-max-header-count --shutdown-timeout --optimization-level --performance-mode
  `),
);

/** Take one value or more, up to the next flag. */
export const listed: ReadonlySet<string> = new Set(words("--served-model-name --api-key --lora-modules"));

/** Take none; most have a counterpart that begins with `--no-`. */
export const switches: ReadonlySet<string> = new Set(
  words(`
    --headless --trust-remote-code --enforce-eager --disable-sliding-window --skip-tokenizer-init --enable-prompt-embeds
    --enable-sleep-mode --enable-expert-parallel --enable-eplb --enable-dbo --enable-ep-weight-filter --disable-custom-all-reduce
    --data-parallel-hybrid-lb --data-parallel-external-lb --enable-prefix-caching --calculate-kv-scales --language-model-only
    --enable-lora --fully-sharded-loras --enable-chunked-prefill --async-scheduling --disable-hybrid-kv-cache-manager
    --enable-auto-tool-choice --exclude-tools-when-tool-choice-none --enable-prompt-tokens-details --enable-server-load-tracking
    --enable-force-include-usage --enable-tokenizer-info-endpoint --enable-log-requests --enable-log-outputs --disable-log-stats
    --disable-uvicorn-access-log --enable-request-id-headers --disable-fastapi-docs --allow-credentials --enable-ssl-refresh
    --use-tqdm-on-load --enable-offline-docs --trust-request-chat-template
  `),
);

export const shortNames: Readonly<Record<string, string>> = {
  "-tp": "--tensor-parallel-size",
  "-pp": "--pipeline-parallel-size",
  "-dp": "--data-parallel-size",
  "-ep": "--enable-expert-parallel",
  "-n": "--nnodes",
  "-r": "--node-rank",
  "-q": "--quantization",
  "-asc": "--api-server-count",
};

/** Paths that vLLM serves, and such that a careless rule or a careless key check could take for one of the API. */

export const unforwardedPaths: readonly string[] = [
  ...["/", "/health", "/ping", "/metrics", "/version", "/load", "/tokenize", "/detokenize", "/tokenizer_info", "/invocations"],
  ...["/sleep", "/wake_up", "/is_sleeping", "/pause", "/resume", "/scale_elastic_ep", "/reset_prefix_cache", "/collective_rpc"],
  ...["/docs", "/redoc", "/openapi.json", "/admin/config", "/pooling", "/classify", "/score", "/rerank"],
  ...["//v1/models", "/V1/models", "/ping/v1/models", "/metrics?/v1/", "/./v1/models", "/v"],
  ...["/inference/v1/generate", "/v2/rerank", "/v1x"],
];

export const forwardedPaths: readonly string[] = [
  ...["/v1", "/v1/", "/v1/models", "/v1/completions", "/v1/chat/completions", "/v1/embeddings", "/v1/../metrics"],
];

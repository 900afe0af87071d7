/** The inputs of the two commands: options as typed, and where they read and write. */

/** Where a command reads and writes, so that it can run inside a test. */
export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
  /** Whether the output is a terminal that shows colour. */
  colour: boolean;
  /** Relative paths start here. */
  directory: string;
  /** `YYYY-MM-DD` */
  today: string;
  /** RFC 3339; `--as-of` replaces both. @default midnight of `today` */
  now?: string;
}

export interface PlanOptions {
  stack: string;
  set: string[];
  live?: boolean;
  asOf?: string;
  manifests?: string;
  resources?: boolean;
  json?: boolean;
  directory?: string;
}

export interface FitOptions {
  model?: string;
  modelConfig?: string;
  instanceType?: string;
  tensorParallelSize?: number;
  pipelineParallelSize?: number;
  maxModelLen?: number;
  gpuMemoryUtilization?: number;
  maxNumSeqs?: number;
  maxNumBatchedTokens?: number;
  kvCacheDtype?: string;
  dtype?: "bfloat16" | "float16" | "float32";
  quantization?: "fp8" | "bitsandbytes";
  enableExpertParallel?: boolean;
  decodeContextParallelSize?: number;
  enforceEager?: boolean;
  vllmVersion?: string;
  assumeDense?: boolean;
  explain?: boolean;
  json?: boolean;
}

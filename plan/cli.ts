/** The command line: `vllm-eks plan` and `vllm-eks fit`. Exit codes: 0 deployable, 2 refused, 64 wrong usage, 1 a bug. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { CommandIo, FitOptions, PlanOptions } from "./commands";
import type { Verdict } from "./document";
import { packageVersion } from "./ownPackage";
import { UsageError } from "./setting";

const exitCodes = { deployable: 0, bug: 1, refused: 2, usage: 64 } as const;

export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  let code: number = exitCodes.deployable;
  const finish = (verdict: Verdict) => (code = exitCodes[verdict]);
  try {
    await commands(io, finish, argv).parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    // Commander has printed the text of its errors already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.deployable : exitCodes.usage;
    if (error instanceof UsageError) {
      io.err(`error: ${error.message}\n`);
      return exitCodes.usage;
    }
    io.err(`This is a bug in vllm-eks: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCodes.bug;
  }
}

function commands(io: CommandIo, finish: (verdict: Verdict) => void, argv: readonly string[]): Command {
  const program = new Command("vllm-eks")
    .description("Plans multi-node vLLM on Amazon EKS offline: memory, cost, time and every resource, before anything is created.")
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    });

  program
    .command("plan")
    .description("Shows what `pulumi up` would create for an environment; offline unless --live is given.")
    .option("-s, --stack <name>", "environment: Pulumi.<name>.yaml", "dev")
    .option("--set <key=value>", "change a configuration value for this plan, as `pulumi config set --path` does; repeatable", collect, [])
    .option("--live", "also ask the account and the cluster: identity, quota, zones, versions, today's prices; reads only")
    .option("--as-of <date>", "judge support dates and capacity blocks by this day, YYYY-MM-DD (default: today)", date)
    .option("--manifests <directory>", "write the Kubernetes objects to this folder, one YAML file each")
    .option("--resources", "list every resource")
    .option("--json", "print one JSON object on stdout and nothing else")
    .option("-C, --directory <path>", "folder of Pulumi.yaml (default: the current one, or the package's own)")
    .action(async (options: PlanOptions) => {
      const { planCommand } = await import("./planCommand");
      finish(await planCommand(options, io));
    });

  program
    .command("fit")
    .description("Shows whether a model fits an instance type; without a type, which shapes fit, cheapest first.")
    .option("--model <id>", "model of the catalog, by its Hugging Face repository")
    .option("--model-config <file>", "the model's config.json, for any model")
    .option("--instance-type <type>", "EC2 instance type")
    .option("--tensor-parallel-size <n>", "GPUs that share every layer (default: a whole node)", whole)
    .option("--pipeline-parallel-size <n>", "stages (default: 1)", whole)
    .option("--max-model-len <tokens>", "longest context of one request; -1 for the longest that fits", wholeOrAuto)
    .option("--gpu-memory-utilization <share>", "share of GPU memory", fraction)
    .option("--max-num-seqs <n>", "requests in one batch", whole)
    .option("--max-num-batched-tokens <n>", "tokens in one step", whole)
    .option("--kv-cache-dtype <dtype>", "auto, bfloat16, fp8, …")
    .option("--dtype <dtype>", "bfloat16, float16 or float32", oneOf("bfloat16", "float16", "float32"))
    .option("--quantization <method>", "fp8 or bitsandbytes, applied while loading", oneOf("fp8", "bitsandbytes"))
    .option("--enable-expert-parallel", "whole experts on each GPU instead of a slice of each")
    .option("--decode-context-parallel-size <n>", "ranks that share the KV cache of one request", whole)
    .option("--enforce-eager", "no CUDA graphs")
    .option("--vllm-version <version>", "version of vLLM; defaults and memory depend on it (default: that of the catalog's image)", version)
    .option("--assume-dense", "read a config.json of an unknown architecture as a dense decoder")
    .option("--explain", "show the arithmetic, line by line")
    .option("--json", "print one JSON object on stdout and nothing else")
    .action(async (options: FitOptions) => {
      const { fitCommand } = await import("./fitCommand");
      finish(await fitCommand(options, argv.slice(1), io));
    });
  return program;
}

const collect = (value: string, before: string[]) => [...before, value];

function date(text: string): string {
  const day = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(day.getTime()) || !day.toISOString().startsWith(text))
    throw new InvalidArgumentError("Expected a day in the form YYYY-MM-DD.");
  return text;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a whole number, 1 or more.");
  return Number(text);
}

/** vLLM writes 32k for 32,000 and 32K for 32,768. */
function wholeOrAuto(text: string): number {
  if (text === "-1" || text === "auto") return -1;
  const [, digits, unit] = /^([1-9]\d{0,8})([kK]?)$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("Expected a number of tokens, or -1.");
  return Number(digits) * (unit === "k" ? 1000 : unit === "K" ? 1024 : 1);
}

function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value <= 1)) throw new InvalidArgumentError("Expected a fraction above 0 and up to 1.");
  return value;
}

function version(text: string): string {
  if (!/^v?\d+\.\d+(\.\d+)?/.test(text)) throw new InvalidArgumentError("Expected a version such as 0.27.1.");
  return text;
}

const oneOf =
  <T extends string>(...allowed: T[]) =>
  (text: string): T => {
    const found = allowed.find((value) => value === text);
    if (!found) throw new InvalidArgumentError(`Expected one of ${allowed.join(", ")}.`);
    return found;
  };

/** The options of a caller: which environment, where its state is stored, which CLI; and for each operation, where reports go. */
import type { EnvironmentConfiguration } from "../environment/settingTypes";
import type { Progress } from "./progress";

export interface AutomationOptions {
  /**
   * Name of the stack, also as `organization/stack` or `organization/project/stack`. AWS names contain parts of it, so use one for each
   * tenant. A wrong name ends in `invalid-configuration` before anything is written or started.
   */
  stackName: string;
  /** Configuration of the environment. @default the package's defaults, or the values of `file` */
  environment?: EnvironmentConfiguration;
  /**
   * Path of a `Pulumi.<stack>.yaml`. Its values apply to keys that `environment` does not set; a key in `environment` replaces the file's
   * whole value.
   */
  file?: string;
  /**
   * The `aws:` configuration: region, profile, assumeRoles, … Keys of AWS are stored encrypted; relative paths are relative to the working
   * directory of this process. @default the one in `file`; the region also from `availabilityZone`
   */
  aws?: Readonly<Record<string, unknown>>;
  /** @default vllm-eks; the name is part of every URN, so another name makes another deployment */
  projectName?: string;
  /**
   * Where the state is stored, such as `s3://bucket` or `file:///path`. The variables of a backend outside AWS reach the operation if its
   * address is here or in PULUMI_BACKEND_URL; otherwise name them in `inheritVariables`.
   * @default PULUMI_BACKEND_URL, else where the CLI is logged in
   */
  backendUrl?: string;
  /** What encrypts the secrets, such as `awskms://alias/pulumi`. @default the backend's own, or `passphrase` */
  secretsProvider?: string;
  /** @default PULUMI_CONFIG_PASSPHRASE; a self-managed backend fails without it ("missing-configuration") */
  passphrase?: string;
  /**
   * True if a stranger chose `environment`, for instance a tenant of your service. Keys that run programs or read files on this machine,
   * or that name what exists in your account, then end in `invalid-configuration`, and so do `file` and all of `aws` but the region, tags
   * and account ids (docs/programs.md). @default false: who writes `environment` acts as this process
   */
  untrustedEnvironment?: boolean;
  /**
   * Where Pulumi.yaml and Pulumi.<stack>.yaml are written; use a separate folder for each stack. @default a temporary one, removed after
   * each operation
   */
  workingDirectory?: string;
  /** Added to the environment variables of program, CLI and providers: AWS_PROFILE, HTTPS_PROXY, … @default none */
  environmentVariables?: Readonly<Record<string, string>>;
  /**
   * Further variables of this process that an operation's process gets, by name; a `*` at the end stands for any ending. It always gets
   * those of Pulumi, AWS, Kubernetes, proxies, certificates and the system (docs/programs.md), and no others. @default none
   */
  inheritVariables?: readonly string[];
  /** Provider plugins to install before the first step. @default none: the CLI downloads missing plugins; `pluginsOfPackage()` lists all */
  plugins?: readonly PluginRequest[];
  /** The Pulumi CLI. @default the one on PATH, of any version */
  pulumi?: PulumiRequest;
}

export interface PluginRequest {
  name: string;
  /** Such as 7.48.0. */
  version: string;
}

export interface PulumiRequest {
  /** Folder with `bin/pulumi`. @default PATH */
  root?: string;
  /** Such as 3.270.0; an older CLI is refused before the operation starts. @default none */
  minimumVersion?: string;
}

export interface OperationOptions {
  /** Called after every step of the engine, and every five seconds between them. */
  onProgress?: (progress: Progress) => void;
  /** Called with each line that the Pulumi CLI prints, without secrets. */
  onOutput?: (line: string) => void;
  /**
   * Cancels the operation: Pulumi stops running steps, keeps finished ones in the state and releases the lock; then the operation throws
   * `cancelled`.
   */
  signal?: AbortSignal;
}

export interface DestroyOptions extends OperationOptions {
  /** Also remove the stack with its configuration and history. @default false */
  remove?: boolean;
}

export interface OperationResult {
  /** Number of resources for each action that was taken (in a preview: would be taken): create, update, delete, same, … */
  changes: Record<string, number>;
  /** From the first event to the last. */
  minutes: number;
}

export interface DeployResult extends OperationResult {
  /** As `outputs()` returns them. */
  outputs: Record<string, unknown>;
}

/** One environment. Every operation throws `AutomationError` and nothing else. */
export interface AutomatedStack {
  readonly stackName: string;
  /** Creates or changes everything, and waits until the model answers. */
  deploy(options?: OperationOptions): Promise<DeployResult>;
  /** Reports what `deploy` would do. */
  preview(options?: OperationOptions): Promise<OperationResult>;
  /** Updates the state to match what exists. */
  refresh(options?: OperationOptions): Promise<OperationResult>;
  /** Deletes everything. A protected environment is refused ("protected") before anything is deleted. */
  destroy(options?: DestroyOptions): Promise<OperationResult>;
  /** `endpoint`, `tryIt`, `portForward`, `usdPerHour`, …; empty for a stack that was never deployed. */
  outputs(): Promise<Record<string, unknown>>;
}

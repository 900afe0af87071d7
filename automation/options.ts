/** What a caller says: which environment, where its state lies, with which CLI; and of each operation, who is told. */
import type { EnvironmentConfiguration } from "../environment/settingTypes";
import type { Progress } from "./progress";

export interface AutomationOptions {
  /** Name of the stack; parts of AWS names are made from it, so one a tenant. Wrong ones end in `invalid-configuration`. */
  stackName: string;
  /** The environment. @default the package's defaults, or those of `file` */
  environment?: EnvironmentConfiguration;
  /** Path of a `Pulumi.<stack>.yaml` whose configuration counts where `environment` is silent; a key given there replaces the file's whole. */
  file?: string;
  /** The `aws:` configuration: region, profile, assumeRoles, … @default that of `file`; the region also from `availabilityZone` */
  aws?: Readonly<Record<string, unknown>>;
  /** @default vllm-eks; the name is part of every URN: another one makes another deployment */
  projectName?: string;
  /** Where the state lies, such as `s3://bucket` or `file:///path`. @default PULUMI_BACKEND_URL, else where the CLI is logged in */
  backendUrl?: string;
  /** What encrypts secrets, such as `awskms://alias/pulumi`. @default the backend's own, or `passphrase` */
  secretsProvider?: string;
  /** @default PULUMI_CONFIG_PASSPHRASE; a backend of one's own refuses to work without ("missing-configuration") */
  passphrase?: string;
  /** Where Pulumi.yaml and Pulumi.<stack>.yaml are written; a folder for this stack alone. @default a temporary one, removed after each operation */
  workingDirectory?: string;
  /** Added to the surroundings of program, CLI and providers: AWS_PROFILE, HTTPS_PROXY, … @default none */
  environmentVariables?: Readonly<Record<string, string>>;
  /** Provider plugins to install before the first step. @default none: the CLI fetches what is missing; `pluginsOfPackage()` lists all */
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
  /** Such as 3.270.0; an older CLI is refused before anything is done. @default none */
  minimumVersion?: string;
}

export interface OperationOptions {
  /** Called after every step of the engine, and every five seconds between them. */
  onProgress?: (progress: Progress) => void;
  /** Each line that the Pulumi CLI prints, secrets taken out. */
  onOutput?: (line: string) => void;
  /** Cancels: what runs is stopped, what is done is kept in the state, the lock is released, and then the error `cancelled` is thrown. */
  signal?: AbortSignal;
}

export interface DestroyOptions extends OperationOptions {
  /** Forget the stack, its configuration and history too. @default false */
  remove?: boolean;
}

export interface OperationResult {
  /** Number of resources by what was done with them (in a preview, would be): create, update, delete, same, … */
  changes: Record<string, number>;
  /** From the first event to the last. */
  minutes: number;
}

export interface DeployResult extends OperationResult {
  /** As `outputs` gives them. */
  outputs: Record<string, unknown>;
}

/** One environment. Every operation throws `AutomationError` and nothing else. */
export interface AutomatedStack {
  readonly stackName: string;
  /** Makes or changes everything, and waits until the model answers. */
  deploy(options?: OperationOptions): Promise<DeployResult>;
  /** Says what `deploy` would do. */
  preview(options?: OperationOptions): Promise<OperationResult>;
  /** Brings the state in line with what is there. */
  refresh(options?: OperationOptions): Promise<OperationResult>;
  /** Deletes everything; a protected environment is refused ("protected") before anything is deleted. */
  destroy(options?: DestroyOptions): Promise<OperationResult>;
  /** `endpoint`, `tryIt`, `portForward`, `usdPerHour`, …; none of a stack that was never deployed. */
  outputs(): Promise<Record<string, unknown>>;
}

/** Runs a Pulumi program with a monitor that writes down what it registers, in place of an engine that would make it. */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, type Mocks } from "@pulumi/pulumi/runtime/mocks";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { SimulatedAccount } from "./simulatedAccount";

/** One resource as the program registered it. */
export interface RecordedResource {
  urn: string;
  /** As the simulated account chose it; absent in a preview. */
  id?: string;
  type: string;
  name: string;
  /** False for components, whose work is done by their children. */
  custom: boolean;
  /** A component whose children are made by a provider plugin and are not seen here. */
  remote: boolean;
  parent?: string;
  /** Everything that must exist before: explicit `dependsOn` and the resources whose outputs are used. */
  dependsOn: string[];
  /** URN and id of an explicit provider. */
  provider?: string;
  providers: Record<string, string>;
  protect: boolean;
  deletedWith?: string;
  deleteBeforeReplace?: boolean;
  customTimeouts?: { create?: string; update?: string; delete?: string };
  ignoreChanges: string[];
  /** Names of the hooks that run when an operation on the resource fails. */
  errorHooks: string[];
  /** Input values with secrets unwrapped; `secretPaths` says which they were. */
  inputs: Record<string, unknown>;
  secretPaths: string[];
}

export interface Recording {
  resources: RecordedResource[];
  /** Outputs of the program, secrets unwrapped. */
  outputs: Record<string, unknown>;
  secretOutputs: string[];
  /** What each component said of itself in `registerOutputs`, by URN. */
  componentOutputs: Map<string, Record<string, unknown>>;
  /** Tokens of the functions that the program called, in order. */
  invokes: string[];
}

export interface RecordingOptions {
  project: string;
  stack: string;
  /** Values known only after deployment stay unknown, as in `pulumi preview`. @default false */
  preview?: boolean;
  /** Pulumi configuration, keys with their namespace. */
  config?: Record<string, string>;
  /** Answers in place of the cloud. */
  account: SimulatedAccount;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes secrets out of their wire envelopes and notes the path of each. */
function unwrapSecrets(value: unknown, path: string, secretPaths: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrapSecrets(item, `${path}[${index}]`, secretPaths));
  if (!isTree(value)) return value;
  if (value[signatureKey] === secretSignature) {
    secretPaths.push(path);
    return unwrapSecrets(value.value, path, secretPaths);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item, path ? `${path}.${key}` : key, secretPaths)]),
  );
}

/** How a call of the engine's protocol is answered: an error, or a message. */
type Answer<Message> = (error: unknown, response: Message) => void;

class RecordingMonitor extends MockMonitor {
  readonly registered: RecordedResource[] = [];
  readonly componentOutputs = new Map<string, Tree>();
  readonly secretOutputs = new Map<string, string[]>();
  readonly invokes: string[] = [];
  readonly errors: unknown[] = [];

  constructor(mocks: Mocks) {
    super(mocks);
    // Private in the stock monitor, which keeps only the nearest parent's type.
    Object.assign(this, { newUrn: engineUrn });
  }

  override async registerResource(request: RegisterResourceRequest, callback: Answer<RegisterResourceResponse>): Promise<void> {
    await super.registerResource(request, (error: unknown, response: RegisterResourceResponse) => {
      if (error) this.errors.push(error);
      else this.registered.push(recordedResource(request, response));
      callback(error, response);
    });
  }

  override registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Answer<object>): void {
    const secretPaths: string[] = [];
    this.componentOutputs.set(request.getUrn(), unwrapSecrets(request.getOutputs()?.toJavaScript() ?? {}, "", secretPaths) as Tree);
    this.secretOutputs.set(request.getUrn(), secretPaths);
    super.registerResourceOutputs(request, callback);
  }

  /** Hooks run in an engine only; here it is enough to know which resource has which. */
  registerResourceHook(_request: unknown, callback: Answer<object>): void {
    callback(null, {});
  }

  registerErrorHook(_request: unknown, callback: Answer<object>): void {
    callback(null, {});
  }

  override async invoke(request: ResourceInvokeRequest, callback: Answer<unknown>): Promise<void> {
    this.invokes.push(request.getTok());
    await super.invoke(request, (error: unknown, response: unknown) => {
      if (error) this.errors.push(error);
      callback(error, response);
    });
  }
}

/** The engine's own rule for URNs: the types of all parents stand before the resource's own, except the stack's. */
function engineUrn(parent: string, type: string, name: string): string {
  const parentTypes = parent ? (parent.split("::")[2] ?? "") : "";
  const chain = parentTypes && parentTypes !== "pulumi:pulumi:Stack" ? `${parentTypes}$${type}` : type;
  return [`urn:pulumi:${pulumi.getStack()}`, pulumi.getProject(), chain, name].join("::");
}

function recordedResource(request: RegisterResourceRequest, response: RegisterResourceResponse): RecordedResource {
  const secretPaths: string[] = [];
  const timeouts = request.getCustomtimeouts();
  return {
    urn: response.getUrn(),
    ...(response.getId() && { id: response.getId() }),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    ...(request.getParent() && { parent: request.getParent() }),
    dependsOn: request.getDependenciesList(),
    ...(request.getProvider() && { provider: request.getProvider() }),
    providers: Object.fromEntries(request.getProvidersMap().toObject()),
    protect: Boolean(request.getProtect()),
    ...(request.getDeletedwith() && { deletedWith: request.getDeletedwith() }),
    ...(request.getDeletebeforereplacedefined() && { deleteBeforeReplace: request.getDeletebeforereplace() }),
    ...(timeouts && {
      customTimeouts: withoutEmpty({ create: timeouts.getCreate(), update: timeouts.getUpdate(), delete: timeouts.getDelete() }),
    }),
    ignoreChanges: request.getIgnorechangesList(),
    errorHooks: request.getHooks()?.getOnErrorList() ?? [],
    inputs: unwrapSecrets(request.getObject()?.toJavaScript() ?? {}, "", secretPaths) as Tree,
    secretPaths,
  };
}

const withoutEmpty = (timeouts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value !== ""));

/**
 * Runs `program` to its end and returns what it registered.
 * Throws what the program threw, or the first error of a resource or of a promise that nobody awaited.
 * The Pulumi runtime is global to a process: one recording at a time.
 */
export async function record(program: () => unknown, options: RecordingOptions): Promise<Recording> {
  const { project, stack, preview = false, config = {}, account } = options;
  const mocks: Mocks = {
    // An id comes with what is read, not made.
    newResource: ({ type, name, inputs, id }) => ({
      id: undefined,
      ...(id ? account.read(type, id) : account.create(type, name, inputs as Tree, preview)),
    }),
    call: (args) => account.call(args.token, args.inputs as Tree),
  };
  const monitor = new RecordingMonitor(mocks);
  pulumi.runtime.setAllConfig(config);
  await pulumi.runtime.setMocks(mocks, project, stack, preview, "organization"); // sets the feature flags
  const runtime = pulumi.runtime as unknown as {
    setMockOptions(monitor: unknown, project: string, stack: string, preview: boolean, organization: string): void;
    runInPulumiStack(program: () => unknown): Promise<Tree>;
  };
  runtime.setMockOptions(monitor, project, stack, preview, "organization");

  const stray: unknown[] = [];
  const keepStray = (reason: unknown) => stray.push(reason);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", keepStray);
  try {
    const outputs = await runtime.runInPulumiStack(async () => program());
    await pulumi.runtime.disconnect();
    await turnOfTheEventLoop();
    const [first] = [...monitor.errors, ...stray];
    if (first !== undefined) throw first as Error;
    const stackUrn = monitor.registered.find((resource) => resource.type === "pulumi:pulumi:Stack")?.urn ?? "";
    return {
      resources: monitor.registered.filter((resource) => resource.type !== "pulumi:pulumi:Stack"),
      outputs: monitor.componentOutputs.get(stackUrn) ?? outputs ?? {},
      secretOutputs: monitor.secretOutputs.get(stackUrn) ?? [],
      componentOutputs: monitor.componentOutputs,
      invokes: monitor.invokes,
    };
  } finally {
    await turnOfTheEventLoop(); // a constructor that throws leaves a second, stray rejection behind
    process.removeListener("unhandledRejection", keepStray);
    for (const listener of others) process.on("unhandledRejection", listener);
  }
}

const turnOfTheEventLoop = () => new Promise((resolve) => setTimeout(resolve, 2));

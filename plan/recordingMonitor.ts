/** Runs a Pulumi program with a monitor that records what it registers, instead of an engine that creates it. */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, type Mocks } from "@pulumi/pulumi/runtime/mocks";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { runOffline } from "../stacks/preflightBeforeUp";
import { recordedResource, unwrapSecrets, type RecordedResource, type Tree } from "./recordedResource";
import type { SimulatedAccount } from "./simulatedAccount";

export interface Recording {
  resources: RecordedResource[];
  /** Outputs of the program, secrets unwrapped. */
  outputs: Record<string, unknown>;
  secretOutputs: string[];
  /** Outputs that each component passed to `registerOutputs`, by URN. */
  componentOutputs: Map<string, Record<string, unknown>>;
  /** Tokens of the functions that the program called, in order. */
  invokes: string[];
}

export interface RecordingOptions {
  project: string;
  stack: string;
  /** Values known only after deployment stay unknown, as in `pulumi preview`. @default false */
  preview?: boolean;
  /** Pulumi configuration; keys include their namespace. */
  config?: Record<string, string>;
  /** Answers instead of the cloud. */
  account: SimulatedAccount;
}

/** The answer to a call of the engine's protocol: an error or a message. */
type Answer<Message> = (error: unknown, response: Message) => void;

class RecordingMonitor extends MockMonitor {
  readonly registered: RecordedResource[] = [];
  readonly componentOutputs = new Map<string, Tree>();
  readonly secretOutputs = new Map<string, string[]>();
  readonly invokes: string[] = [];
  readonly errors: unknown[] = [];

  constructor(mocks: Mocks) {
    super(mocks);
    // The stock monitor's private version keeps only the nearest parent's type.
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

  /** Only an engine runs hooks; the recording only notes which resource has which hook. */
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

/** The engine's own rule for URNs: the types of all parents except the stack come before the resource's type. */
function engineUrn(parent: string, type: string, name: string): string {
  const parentTypes = parent ? (parent.split("::")[2] ?? "") : "";
  const chain = parentTypes && parentTypes !== "pulumi:pulumi:Stack" ? `${parentTypes}$${type}` : type;
  return [`urn:pulumi:${pulumi.getStack()}`, pulumi.getProject(), chain, name].join("::");
}

/**
 * Runs `program` to its end and returns what it registered.
 * Throws what the program threw, or the first error of a resource or of a promise that was not awaited.
 * Make one recording at a time, because the Pulumi runtime is global to a process.
 */
export async function record(program: () => unknown, options: RecordingOptions): Promise<Recording> {
  const { project, stack, preview = false, config = {}, account } = options;
  const mocks: Mocks = {
    // A resource has an id here only when it is read, not created.
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
    const outputs = await runtime.runInPulumiStack(async () => runOffline(program));
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

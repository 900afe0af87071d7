/** Keeps the deployments of a service: progress and result in memory, names and states on disk. The state itself is in Pulumi's backend. */
import { randomUUID } from "node:crypto";
import { AutomationError, type AutomatedStack, type AutomationCause, type EnvironmentConfiguration, type Progress } from "../../automation"; // "vllm-eks/automation" in your project
import { memoryJournal, type Journal } from "./journal";

export interface Deployment {
  id: string;
  stackName: string;
  /** `interrupted`: the service ended while it worked on it. The same request continues it, and `destroy` removes it. */
  state: "deploying" | "ready" | "failed" | "destroying" | "destroyed" | "interrupted";
  progress?: Progress;
  outputs?: Record<string, unknown>;
  error?: { cause: AutomationCause; message: string; advice: string; resources: string[] };
}

export interface Deployments {
  /** Starts a deployment at once; `find` returns its progress. */
  create(stackName: string, environment: EnvironmentConfiguration): Deployment;
  find(id: string): Deployment | undefined;
  /** Stops a running deployment and deletes what exists. False if there is no such deployment, or if it is already being destroyed. */
  destroy(id: string): boolean;
  /** Stops all operations and waits until they end. The service calls it when it ends. */
  close(): Promise<void>;
}

interface Entry {
  shown: Deployment;
  cancel: AbortController;
  /** Never rejects. */
  work: Promise<void>;
}

/** A stack with this name exists, or an operation on it is running. */
export class NameTaken extends Error {}
/** As many operations are waiting as the service accepts. */
export class QueueFull extends Error {}

export interface DeploymentsOptions {
  /** @default in memory: nothing is found again after a restart */
  journal?: Journal;
  /** Operations that run or wait at once; each holds memory. @default 100 */
  mostUnderWay?: number;
}

const ended = (state: Deployment["state"]) => state !== "deploying" && state !== "destroying";
/** Destroyed deployments that a client can still ask about. */
const mostDestroyed = 1000;

/** `automated` automates an environment; a test passes a fake. */
export function deployments(
  automated: (stackName: string, environment: EnvironmentConfiguration) => AutomatedStack,
  { journal = memoryJournal(), mostUnderWay = 100 }: DeploymentsOptions = {},
): Deployments {
  const entries = new Map<string, Entry>();
  for (const { id, stackName, state } of journal.read()) {
    const shown: Deployment = { id, stackName, state: ended(state) ? state : "interrupted" };
    entries.set(id, { shown, cancel: new AbortController(), work: Promise.resolve() });
  }
  const remember = () => {
    const destroyed = [...entries.values()].filter(({ shown }) => shown.state === "destroyed");
    for (const { shown } of destroyed.slice(0, -mostDestroyed)) entries.delete(shown.id);
    journal.write([...entries.values()].map(({ shown }) => shown));
  };
  /** A disk that is full does not end the service: the list on disk is old until the next change. */
  const rememberWork = () => {
    try {
      remember();
    } catch (error) {
      console.error("The journal cannot be written:", error);
    }
  };
  const refuseWhenFull = () => {
    if ([...entries.values()].filter(({ shown }) => !ended(shown.state)).length >= mostUnderWay) throw new QueueFull();
  };

  function create(stackName: string, environment: EnvironmentConfiguration): Deployment {
    refuseWhenFull();
    const earlier = [...entries.values()].find(({ shown }) => shown.stackName === stackName && shown.state !== "destroyed")?.shown;
    if (earlier && earlier.state !== "interrupted") throw new NameTaken(stackName);
    const shown: Deployment = { id: earlier?.id ?? randomUUID(), stackName, state: "deploying" };
    const cancel = new AbortController();
    const stack = automated(stackName, environment);
    const entry: Entry = { shown, cancel, work: Promise.resolve() };
    entries.set(shown.id, entry);
    remember(); // before the first resource exists
    entry.work = followed(shown, "deploying", async (onProgress) => {
      shown.outputs = (await stack.deploy({ onProgress, signal: cancel.signal })).outputs;
      if (shown.state === "deploying") shown.state = "ready";
    }).then(rememberWork);
    return shown;
  }

  function destroy(id: string): boolean {
    const entry = entries.get(id);
    if (!entry || entry.shown.state === "destroying" || entry.shown.state === "destroyed") return false;
    const { shown, cancel, work } = entry;
    // A stack is destroyed from its state. The tenant's environment may be one that is refused, and then it could not be destroyed.
    const stack = automated(shown.stackName, {});
    if (ended(shown.state)) refuseWhenFull();
    cancel.abort();
    shown.state = "destroying";
    remember();
    entry.cancel = new AbortController();
    entry.work = work
      .then(() =>
        followed(shown, "destroying", async (onProgress) => {
          delete shown.outputs;
          delete shown.error;
          await stack.destroy({ onProgress, signal: entry.cancel.signal, remove: true });
          shown.state = "destroyed";
        }),
      )
      .then(rememberWork);
    return true;
  }

  return {
    create,
    destroy,
    find: (id) => entries.get(id)?.shown,
    async close() {
      for (const { cancel } of entries.values()) cancel.abort();
      await Promise.all([...entries.values()].map(({ work }) => work));
    },
  };
}

/** Keeps a failure for later requests, and the service goes on. A deployment that was stopped for a destroy has not failed. */
async function followed(
  shown: Deployment,
  during: Deployment["state"],
  work: (onProgress: (progress: Progress) => void) => Promise<void>,
): Promise<void> {
  try {
    await work((progress) => (shown.progress = progress));
  } catch (error) {
    if (shown.state !== during) return;
    shown.state = "failed";
    shown.error = described(error);
  }
}

function described(error: unknown): NonNullable<Deployment["error"]> {
  if (!(error instanceof AutomationError)) return { cause: "unknown", message: String(error), advice: "", resources: [] };
  const { cause, message, advice, resources } = error;
  return { cause, message, advice, resources };
}

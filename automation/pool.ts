/** Limits how many operations run at once. Each one is a process, a CLI and its providers. */

export interface Pool {
  /** Starts tasks in the order of the calls, as soon as there is room. A signal takes a waiting task out of the queue. */
  run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/**
 * Lets at most this many operations run at once. Each is a process, the Pulumi CLI and its providers. The process alone took 240 MiB when
 * measured (`test/engine/fleet.spec.ts`); the CLI and the providers need more.
 * @example
 *     const pool = atMost(4);
 *     const stacks = tenants.map((tenant) => automate({ stackName: tenant }, pool));
 */
export function atMost(operations: number): Pool {
  let running = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    running -= 1;
    waiting.shift()?.();
  };
  return {
    async run(task, signal) {
      while (running >= operations && !signal?.aborted) await waitForRoom(waiting, signal);
      running += 1;
      try {
        return await task();
      } finally {
        leave();
      }
    },
  };
}

/** Resolves when another task has ended, or when the signal is aborted. */
function waitForRoom(waiting: (() => void)[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const enter = () => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    };
    const giveUp = () => {
      waiting.splice(waiting.indexOf(enter), 1);
      resolve();
    };
    waiting.push(enter);
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}

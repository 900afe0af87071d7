/** How many operations may run at once: each is a process, a CLI and its providers. */

export interface Pool {
  /** Starts the task when there is room, in the order of asking; without room a signal takes it out of the line. */
  run<Result>(task: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

/**
 * Room for so many operations, each a process, the Pulumi CLI and its providers. The process alone took 240 MiB where it was measured
 * (`test/engine/fleet.spec.ts`); the CLI and the providers come on top.
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

/** Resolves when somebody has left, or the signal was given. */
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

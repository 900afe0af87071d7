/** Tasks that share what belongs to the whole process: each waits for the end, good or bad, of the one before. */

let last: Promise<unknown> = Promise.resolve();

export function oneAtATime<Result>(task: () => Promise<Result>): Promise<Result> {
  const result = last.then(task);
  last = result.catch(() => undefined);
  return result;
}

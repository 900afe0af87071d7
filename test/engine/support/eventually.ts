/** Asks again until there is an answer; the last refusal is the error. */
export async function eventually<T>(what: string, seconds: number, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let refusal: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      refusal = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within ${seconds} s.${refusal ? ` Last: ${String(refusal)}` : ""}`);
}

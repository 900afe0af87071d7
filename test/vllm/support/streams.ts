/** An answer that streams for a while. */
import { apiKey } from "../../support/environments";
import { eventually } from "../../engine/support/eventually";
import type { Answer } from "../../engine/rehearsal/question";
import type { VllmGroup } from "./group";

/** Resolves when the first token has arrived. */
export async function streamed(group: VllmGroup, model: string, tokens: number): Promise<{ answer: Promise<Answer> }> {
  let begun = false;
  const body = { model, prompt: "a b c", max_tokens: tokens, ignore_eos: true, stream: true, stream_options: { include_usage: true } };
  const answer = group.ask({ path: "/v1/completions", method: "POST", key: apiKey, body, onData: () => (begun = true) });
  await eventually("a first token", 60, async () => begun);
  return { answer };
}

/** How many tokens an answer has that takes so many seconds, by the speed of a short one. */
export async function tokensIn(group: VllmGroup, model: string, seconds: number): Promise<number> {
  const sample = 100;
  const began = Date.now();
  await (
    await streamed(group, model, sample)
  ).answer;
  return Math.ceil((sample * seconds * 1000) / (Date.now() - began));
}

/** As the last event counts them; only a whole stream has it, before `[DONE]`. */
export function tokensOf({ text }: Answer): number {
  const usage = [...text.matchAll(/"completion_tokens":(\d+)/g)].at(-1)?.[1];
  return /data: \[DONE\]\s*$/.test(text) ? Number(usage) : Number.NaN;
}

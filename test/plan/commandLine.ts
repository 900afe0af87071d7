/** Runs the command line inside this process and returns what it writes. */
import path from "node:path";
import { main } from "../../plan/cli";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export const root = path.resolve(__dirname, "../..");

export async function run(...argv: string[]): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await main(argv, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    colour: false,
    directory: root,
    today: "2026-11-24",
  });
  return { code, out, err };
}

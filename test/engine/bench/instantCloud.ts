/** Answers the simulated provider at once and stores nothing: only the time of engine and program remains. */
import { isDeepStrictEqual } from "node:util";
import { simulatedAccount } from "../../../plan/simulatedAccount";
import type { AskedCloud } from "../cloud/provider";

const notAsked = (what: string) => () => {
  throw new Error(`The benchmark makes, keeps and deletes; nothing ${what}.`);
};

export function instantCloud(): AskedCloud {
  const account = simulatedAccount();
  return {
    check: () => [],
    diff: (_type, before, after) => ({
      changed: isDeepStrictEqual(before, after) ? [] : Object.keys(after),
      replaces: [],
      deleteBeforeReplace: false,
    }),
    planned: (type, name, inputs) => account.create(type, name, inputs, true).state,
    create: async (type, name, inputs) => {
      const { id, state } = account.create(type, name, inputs, false);
      return Promise.resolve({ id: String(id), type, name, inputs, state });
    },
    delete: () => Promise.resolve(),
    update: notAsked("changes"),
    read: notAsked("is read"),
    call: notAsked("is called"),
  };
}

/** Marks a run of the program that nobody but a recorder answers: a plan must not ask anyone. */
import { AsyncLocalStorage } from "node:async_hooks";

const offline = new AsyncLocalStorage<true>();

export const runOffline = <T>(program: () => T): T => offline.run(true, program);
export const isOffline = (): boolean => offline.getStore() === true;

/** What all specs of a run share: one control plane, started before the first spec and ended after the last. */
import { instanceType } from "../../../catalog/instanceTypes";
import { startControlPlane, type ControlPlane } from "./controlPlane";
import { Keeper } from "./keeper";
import { nodeObject } from "./nodes";
import { Tools } from "./tools";

export interface EngineRun extends ControlPlane {
  keeper: Keeper;
  tools: Tools;
}

let current: EngineRun | undefined;
let keeper: Keeper | undefined;

export function engineRun(): EngineRun {
  if (!current) throw new Error("No control plane: run the specs by `npm run test:engine`.");
  return current;
}

/** Two nodes without GPUs: a laptop's cluster for `local`, the system nodes for `dev`. */
export const systemZone = "us-west-2a";

export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(120_000);
    const tools = new Tools();
    keeper = new Keeper();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
    const started = Date.now();
    current = { keeper, tools, ...(await startControlPlane(keeper, tools)) };
    for (const name of ["system-1", "system-2"])
      await current.api.create(nodeObject({ name, type: instanceType("cpu"), zone: systemZone }));
    console.log(`  Kubernetes ${tools.version("control-plane")} after ${((Date.now() - started) / 1000).toFixed(1)} s in ${keeper.folder}`);
  },
  async afterAll(this: Mocha.Context) {
    this.timeout(30_000);
    await keeper?.end(); // also when the control plane did not start
  },
};

/** What must be true of the stack that came up. Every check runs even when another fails: a run costs too much to learn only one thing. */
import assert from "node:assert/strict";
import { groupLabels } from "../../components/vllmLeaderWorkerSet/podLabels";
import type { Deployment } from "./deployment";
import { checkFromDesk, checkLoadBalancer } from "./endpoint";
import { checkEfa, checkPlacement, type Node, type Pod } from "./placement";
import { pulumiUp } from "./pulumi";
import { commandFrom } from "./runner";
import { json, type Session } from "./session";

export interface Check {
  what: string;
  /** Why the check failed; undefined when it passed. */
  failure?: string;
}

export interface Outputs {
  endpoint: string;
  kubeconfig: string;
  portForward: string;
  tryIt: string;
  model: string;
  replicas: number;
  usdPerHour: number;
}

/** Adds each result to `done` at once, so that an interrupted run reports what it found. */
export async function checks(deployment: Deployment, inside: Session, done: Check[]): Promise<void> {
  const check = async <Value>(what: string, question: () => Promise<Value>): Promise<Value | undefined> => {
    try {
      const value = await question();
      done.push({ what });
      return value;
    } catch (error) {
      if (inside.signal.aborted) throw error;
      done.push({ what, failure: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  };

  const outputs = await check("the stack prints every output", () => readOutputs(deployment, inside));
  if (!outputs) return;
  const found = await check("kubectl reaches the cluster by the output kubeconfig", async () => {
    await inside.run(commandFrom(outputs.kubeconfig, "aws"));
    return podsAndNodes(deployment, inside);
  });
  if (found) {
    const { pods, nodes } = found;
    await check("the group's pods are ready, each on a separate node, in one zone", async () => checkPlacement(pods, nodes, deployment));
    await check("EFA interfaces are registered and held", async () => checkEfa(pods, nodes, deployment));
  }
  await check("the load balancer serves /v1 with the key, and not /health", () => checkLoadBalancer(inside, outputs.endpoint, deployment));
  await check("portForward and tryIt give one completion", () => checkFromDesk(inside, outputs));
  await check("a second up changes nothing", () => inside.run(pulumiUp(deployment.stack, "--expect-no-changes")));
}

async function readOutputs({ stack, model, usdPerHour }: Deployment, inside: Session): Promise<Outputs> {
  const outputs = await json<Outputs>(inside, { program: "pulumi", args: ["stack", "output", "--stack", stack, "--json"] });
  const missing = (["endpoint", "kubeconfig", "portForward", "tryIt"] as const).filter((name) => typeof outputs[name] !== "string");
  assert.deepEqual(missing, [], `outputs missing: ${missing.join(", ")}`);
  const said = { model: outputs.model, replicas: outputs.replicas, usdPerHour: outputs.usdPerHour };
  assert.deepEqual(said, { model, replicas: 1, usdPerHour }, `outputs are ${JSON.stringify(said)}`);
  return outputs;
}

async function podsAndNodes({ namespace }: Deployment, inside: Session): Promise<{ pods: Pod[]; nodes: Node[] }> {
  const get = async <Item>(...args: string[]) =>
    (await json<{ items: Item[] }>(inside, { program: "kubectl", args: ["get", ...args, "--output", "json"] })).items;
  const selector = Object.entries(groupLabels("vllm")).map(([label, value]) => `${label}=${value}`);
  const pods = await get<Pod>("pods", "--namespace", namespace, "--selector", selector.join(","));
  return { pods, nodes: await get<Node>("nodes") };
}

/** Wires the simulated cloud to its surroundings: the provider protocol, the test cluster, the parent process. */
import { status } from "@grpc/grpc-js";
import { parse } from "yaml";
import { Cloud } from "./cloud";
import { clusterContents } from "./clusterContents";
import { cluster, vpc } from "./components";
import { minutesToCreate } from "./durations";
import { nodeGroupOnCluster } from "./nodeGroups";
import { serve } from "./provider";

interface Message {
  id: number;
  faults?: string[];
  ask?: "objects" | "calls";
}

/** An engine that stops in the middle cuts off what a component still had to say. An account goes on. */
function outliveEngines(): void {
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => {
    if ((reason as { code?: number }).code !== status.UNAVAILABLE) throw reason;
  });
}

/** Milliseconds of the run for a minute of AWS; without a clock everything is there at once. */
const perMinute = Number(process.env.ACCOUNT_MS_PER_MINUTE ?? 0);

export async function start(kubeconfig: string): Promise<void> {
  outliveEngines();
  const nodes = nodeGroupOnCluster(kubeconfig);
  const contents = clusterContents(kubeconfig);
  const cloud: Cloud = new Cloud({
    nodesChanged: ({ type, id, inputs }, change, zones) =>
      change === "created" ? nodes.created(type, id, inputs, zones, !cloud.faults.has("join nodes")) : nodes.deleted(type, id),
    clusterDeleted: () => contents.clear(),
    duration: (operation, type, name) => (operation === "create" ? minutesToCreate(type, name) * perMinute : 0),
  });
  process.on("message", (message: Message) => void answer(message));
  process.on("disconnect", () => process.exit(0));

  async function answer({ id, faults, ask }: Message): Promise<void> {
    if (faults) {
      cloud.faults.set(faults);
      if (!cloud.faults.has("join nodes")) await nodes.join();
    }
    const objects = () => [...cloud.objects.values()].map(({ id: objectId, type, name, inputs }) => ({ id: objectId, type, name, inputs }));
    process.send?.({ id, answer: ask === "objects" ? objects() : ask === "calls" ? cloud.calls : true });
  }

  const port = await serve({
    cloud,
    components: { "awsx:ec2:Vpc": vpc, "eks:index:Cluster": cluster(JSON.stringify(parse(kubeconfig))) },
    note: (call) => process.send?.({ call }),
  });
  process.send?.({ port });
}

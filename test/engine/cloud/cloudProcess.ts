/** Wires the simulated cloud to its surroundings: the provider protocol, the test cluster, the parent process. */
import fs from "node:fs";
import { status } from "@grpc/grpc-js";
import { parse } from "yaml";
import { apiServerDoor } from "./apiServerDoor";
import { Cloud, type CloudObject, type Surroundings } from "./cloud";
import { clusterContents } from "./clusterContents";
import { cluster, vpc } from "./components";
import { minutesToCreate } from "./durations";
import { loadBalancerController } from "./loadBalancerController";
import { kubernetesApiOf, nodeGroupOnCluster } from "./nodeGroups";
import { serve } from "./provider";

interface Message {
  id: number;
  faults?: string[];
  ask?: "objects" | "calls" | "targets";
}

/** When an engine stops half way, it cuts off a component's calls. The account must go on. */
function outliveEngines(): void {
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => {
    if ((reason as { code?: number }).code !== status.UNAVAILABLE) throw reason;
  });
}

/** Milliseconds of the run for a minute of AWS; without a clock every call ends at once. */
const perMinute = Number(process.env.ACCOUNT_MS_PER_MINUTE ?? 0);

/** Where the objects are stored, so that an account outlives its process. */
const record = process.env.ACCOUNT_RECORD ?? "";

export async function start(kubeconfig: string): Promise<void> {
  outliveEngines();
  const nodes = nodeGroupOnCluster(kubeconfig);
  const contents = clusterContents(kubeconfig);
  const outside = parse(kubeconfig) as { clusters: [{ cluster: { server: string } }] };
  const door = await apiServerDoor(outside.clusters[0].cluster.server, Number(process.env.ACCOUNT_DOOR_PORT ?? 0));
  outside.clusters[0].cluster.server = door.server;
  const before = fs.existsSync(record) ? (JSON.parse(fs.readFileSync(record, "utf8")) as CloudObject[]) : [];
  const surroundings: Surroundings = {
    nodesChanged: ({ type, id, inputs }, change, zones) =>
      change === "created" ? nodes.created(type, id, inputs, zones, !cloud.faults.has("join nodes")) : nodes.deleted(type, id),
    clusterDeleted: () => contents.clear(),
    duration: (operation, type, name) => (operation === "create" ? minutesToCreate(type, name) * perMinute : 0),
    changed: () => fs.writeFileSync(record, JSON.stringify([...cloud.objects.values()])),
  };
  const cloud: Cloud = new Cloud(surroundings, before);
  process.on("message", (message: Message) => void answer(message));
  process.on("disconnect", () => process.exit(0));

  async function answer({ id, faults, ask }: Message): Promise<void> {
    if (faults) {
      cloud.faults.set(faults);
      await (cloud.faults.has("shut api-server") ? door.shut() : door.open());
      for (const name of cloud.faults.lost()) cloud.forget(name);
      if (!cloud.faults.has("join nodes")) await nodes.join();
    }
    const objects = () => [...cloud.objects.values()].map(({ id: objectId, type, name, inputs }) => ({ id: objectId, type, name, inputs }));
    const targets = () => [...cloud.targets.values()].flat();
    process.send?.({ id, answer: ask ? { objects, calls: () => cloud.calls, targets }[ask]() : true });
  }

  void loadBalancerController(kubernetesApiOf(kubeconfig), cloud).forEver();
  const port = await serve({
    cloud,
    components: { "awsx:ec2:Vpc": vpc, "eks:index:Cluster": cluster(JSON.stringify(outside)) },
    note: (call) => process.send?.({ call }),
    port: Number(process.env.ACCOUNT_PORT ?? 0),
  });
  process.send?.({ port, doorPort: door.port });
}

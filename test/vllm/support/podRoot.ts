/** What a kubelet prepares before it starts a container: files of its root, and the volumes. `container.sh` mounts them. */
import fs from "node:fs";
import path from "node:path";
import type { PodDescription } from "../../engine/rehearsal/podDescription";
import { resolverFile } from "./network";

/** The parts of the image that the machine's root has in other places. */
export interface ImageStandIn {
  /** Folder of `vllm` and `python3`. */
  programs: string;
  /** Folders that the container must see under their own paths. */
  folders: string[];
  /** What the model store holds: the folder `/models`. */
  modelStore: string;
  /** Folder of the node's disk. */
  nodeDisk: string;
}

interface Mount {
  source: string;
  target: string;
  option: string;
}

export function prepareRoot(pod: PodDescription, folder: string, image: ImageStandIn, namespace: string): void {
  const layer = path.join(folder, "layer");
  const volumes = pod.container.volumeMounts.map((mount) => volume(pod, folder, image, mount));
  const programs = image.folders.map((source) => ({ source, target: source, option: "ro" }));
  fs.mkdirSync(path.join(folder, "root"), { recursive: true });
  for (const { target } of [...volumes, ...programs]) openDirectory(layer, target);
  openDirectory(layer, "/etc");
  fs.writeFileSync(path.join(layer, "etc/resolv.conf"), resolverFile(namespace));
  fs.writeFileSync(path.join(layer, "etc/hosts"), `127.0.0.1 localhost\n${pod.address} ${pod.name}\n`);
  // The volumes first: one of them is /tmp, below which the programs may be.
  const lines = [...volumes, ...programs].map(({ source, target, option }) => `${source} ${target} ${option}\n`);
  fs.writeFileSync(path.join(folder, "mounts"), lines.join(""));
}

/** Other users than root may go through it, unlike through the machine's /root. */
function openDirectory(layer: string, target: string): void {
  fs.mkdirSync(path.join(layer, target), { recursive: true });
}

function volume(
  pod: PodDescription,
  folder: string,
  image: ImageStandIn,
  mount: { name: string; mountPath: string; readOnly?: boolean },
): Mount {
  const { name, mountPath: target, readOnly } = mount;
  const { emptyDir, hostPath, configMap } = pod.template.spec.volumes.find((each) => each.name === name)!;
  const option = readOnly ? "ro" : "rw";
  if (emptyDir?.medium === "Memory") return { source: "memory", target, option: `size=${emptyDir.sizeLimit!.replace("Mi", "m")}` };
  const source = hostPath ? path.join(image.nodeDisk, String(pod.index), hostPath.path) : path.join(folder, "volumes", name);
  fs.mkdirSync(source, { recursive: true });
  if (emptyDir) fs.chmodSync(source, 0o777);
  if (!configMap) return { source: name === "model" ? image.modelStore : source, target, option };
  for (const [file, text] of pod.files.filter(([file]) => path.dirname(file) === target))
    fs.writeFileSync(path.join(source, path.basename(file)), text, { mode: 0o444 });
  return { source, target, option };
}

/** What a pod of the first group is by its manifest: labels, command, variables and files, as controller, webhook and kubelet make them. */
import path from "node:path";
import type { Container, PodTemplate, ServingObjects } from "./servingObjects";

/** Labels and variables that the LeaderWorkerSet controller and its webhook add to a pod of the first group. */
const prefix = "leaderworkerset.sigs.k8s.io";

export class PodDescription {
  readonly name: string;
  readonly template: PodTemplate;
  readonly container: Container;
  readonly labels: Record<string, string>;
  readonly environment: Record<string, string>;

  constructor(
    readonly index: number,
    private readonly objects: ServingObjects,
    readonly address: string,
  ) {
    const { set } = objects;
    const { leaderTemplate, workerTemplate, size } = set.spec.leaderWorkerTemplate;
    this.template = index === 0 ? leaderTemplate : workerTemplate;
    this.container = this.template.spec.containers[0]!;
    this.name = index === 0 ? `${set.metadata.name}-0` : `${set.metadata.name}-0-${index}`;
    this.labels = { ...this.template.metadata.labels, [`${prefix}/name`]: set.metadata.name, [`${prefix}/worker-index`]: String(index) };
    this.environment = this.variables({
      LWS_LEADER_ADDRESS: leaderAddress(objects),
      LWS_GROUP_SIZE: String(size),
      LWS_WORKER_INDEX: String(index),
    });
  }

  get words(): string[] {
    const { command, args } = this.container;
    return [...command, ...args].map((word) => this.expanded(word));
  }

  /** `$(NAME)` as Kubernetes expands it: known names only, `$$` is a dollar. */
  expanded = (word: string): string =>
    word.replace(/\$\$|\$\(([\w.-]+)\)/g, (all, name?: string) => (name === undefined ? "$" : (this.environment[name] ?? all)));

  /** Path in the container and text of each file from a ConfigMap. */
  get files(): [file: string, text: string][] {
    return this.template.spec.volumes.flatMap(({ name, configMap }) => {
      const mount = this.container.volumeMounts.find((each) => each.name === name);
      if (!configMap || !mount) return [];
      const files = this.objects.configMaps.get(configMap.name);
      if (!files) throw new Error(`FailedMount: there is no ConfigMap ${configMap.name}.`);
      return Object.entries(files).map(([file, text]): [string, string] => [path.join(mount.mountPath, file), text]);
    });
  }

  private variables(injected: Record<string, string>): Record<string, string> {
    const { secrets } = this.objects;
    const all = { ...injected };
    for (const { name, value, valueFrom } of this.container.env) {
      if (name in injected) continue; // the webhook's values win
      const secret = valueFrom?.secretKeyRef;
      const known = secret
        ? secrets.get(secret.name)?.[secret.key]
        : valueFrom?.fieldRef?.fieldPath === "status.podIP"
          ? this.address
          : value;
      if (known === undefined) throw new Error(`CreateContainerConfigError: nothing gives ${name} a value.`);
      all[name] = known.replace(/\$\(([\w.-]+)\)/g, (whole, other: string) => all[other] ?? whole);
    }
    return all;
  }
}

/** The name without the cluster's suffix: https://github.com/kubernetes-sigs/lws/blob/v0.9.0/pkg/utils/pod/pod_utils.go */
export const leaderAddress = ({ set }: ServingObjects) => `${set.metadata.name}-0.${set.metadata.name}.${set.metadata.namespace}`;

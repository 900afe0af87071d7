/**
 * A Kubernetes control plane on loopback: etcd, API server, controller manager, scheduler, LeaderWorkerSet controller; kwok plays the
 * kubelets.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { eventually } from "./eventually";
import type { Keeper } from "./keeper";
import { KubernetesApi, type KubernetesObject } from "./kubernetesApi";
import type { Tools } from "./tools";

export interface ControlPlane {
  api: KubernetesApi;
  /** Text of the administrator's kubeconfig. */
  kubeconfig: string;
}

const readYaml = (file: string) =>
  parseAllDocuments(fs.readFileSync(file, "utf8")).map((document) => document.toJS({ maxAliasCount: -1 }) as KubernetesObject);

export async function startControlPlane(keeper: Keeper, tools: Tools): Promise<ControlPlane> {
  const port = await freePorts(["etcd", "peer", "api", "controllerManager", "scheduler", "webhook", "health"]);
  const run = (program: string, args: Record<string, string>, extra: string[] = []) => {
    const flags = Object.entries(args).map(([flag, value]) => `--${flag}=${value}`);
    const child = keeper.start(program, [...tools.command(program), ...flags, ...extra]);
    child.on("exit", (status) => died.push(`${program} ended with status ${String(status)}:\n${tail(keeper.logOf(program))}`));
  };
  const died: string[] = [];
  const ready = <T>(what: string, ask: () => Promise<T | undefined | false>) =>
    Promise.race([
      eventually(what, 90, ask),
      eventually("a part of the control plane", 90, async () => died[0]).then((reason) => Promise.reject(new Error(reason))),
    ]);

  const etcd = `http://127.0.0.1:${port.etcd}`;
  const peer = `http://127.0.0.1:${port.peer}`;
  run("etcd", {
    ...{ name: "etcd", "data-dir": path.join(keeper.folder, "etcd"), "unsafe-no-fsync": "true", "log-level": "warn" },
    ...{ "listen-client-urls": etcd, "advertise-client-urls": etcd, "listen-peer-urls": peer, "initial-advertise-peer-urls": peer },
    "initial-cluster": `etcd=${peer}`,
  });

  // Every client has a token; the API server signs a certificate for itself, which serves the webhook on the same address too.
  const identities = {
    admin: ["kubernetes-admin", "system:masters"],
    "controller-manager": ["system:kube-controller-manager"],
    scheduler: ["system:kube-scheduler"],
    lws: ["lws-controller-manager"],
  } as const;
  const tokens = Object.fromEntries(Object.keys(identities).map((name) => [name, randomBytes(16).toString("hex")]));
  const tokenLines = Object.entries(identities).map(([name, [user, group = ""]]) => `${tokens[name]},${user},${name},"${group}"\n`);
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const signing = keeper.file("service-account.key", privateKey);
  const certificates = path.join(keeper.folder, "certificates");
  run("kube-apiserver", {
    ...{ "etcd-servers": etcd, "bind-address": "127.0.0.1", "advertise-address": "127.0.0.1", "secure-port": String(port.api) },
    ...{ "cert-dir": certificates, "token-auth-file": keeper.file("tokens.csv", tokenLines.join("")), "authorization-mode": "Node,RBAC" },
    ...{ "service-account-issuer": "https://kubernetes.default.svc", "service-account-signing-key-file": signing },
    "service-account-key-file": keeper.file("service-account.pub", publicKey),
    ...{ "service-cluster-ip-range": "10.0.0.0/16", "allow-privileged": "true", "endpoint-reconciler-type": "none", profiling: "false" },
  });

  const server = `https://127.0.0.1:${port.api}`;
  const certificate = path.join(certificates, "apiserver.crt");
  const ca = await ready("the API server's certificate", async () => fs.existsSync(certificate) && fs.readFileSync(certificate, "utf8"));
  const api = new KubernetesApi({ server, ca, token: tokens.admin! });
  await ready("the API server", () => api.request("GET", "/readyz"));
  const kubeconfigOf = (name: string) =>
    stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "lane" },
      clusters: [{ name: "lane", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
      users: [{ name, user: { token: tokens[name] } }],
      contexts: [{ name: "lane", context: { cluster: "lane", user: name } }],
    });
  const kubeconfigFile = (name: string) => keeper.file(`${name}.kubeconfig`, kubeconfigOf(name));

  // The controller manager notices a new kind only after half a minute, and until then would leave the pods of its objects behind.
  const lws = tools.folder("lws-manager");
  const definitions = fs
    .readdirSync(lws)
    .filter((file) => file.includes(".x-k8s.io_"))
    .flatMap((file) => readYaml(path.join(lws, file)));
  definitions.push(...readYaml(path.join(__dirname, "targetGroupBinding.crd.yaml")));
  for (const definition of definitions) await api.create(definition);
  for (const { metadata } of definitions)
    await ready(metadata.name, async () =>
      hasCondition(await api.get("apiextensions.k8s.io/v1/CustomResourceDefinition", metadata.name), "Established"),
    );

  const controllerManager = kubeconfigFile("controller-manager");
  run("kube-controller-manager", {
    ...{ kubeconfig: controllerManager, "authentication-kubeconfig": controllerManager, "authorization-kubeconfig": controllerManager },
    ...{ "bind-address": "127.0.0.1", "secure-port": String(port.controllerManager), "leader-elect": "false" },
    ...{ "use-service-account-credentials": "true", "service-account-private-key-file": signing, "root-ca-file": certificate },
    ...{ "kube-api-qps": "500", "kube-api-burst": "1000", "pvclaimbinder-sync-period": "1s" },
  });
  const scheduler = kubeconfigFile("scheduler");
  run("kube-scheduler", {
    ...{ kubeconfig: scheduler, "authentication-kubeconfig": scheduler, "authorization-kubeconfig": scheduler },
    ...{ "bind-address": "127.0.0.1", "secure-port": String(port.scheduler), "leader-elect": "false" },
  });
  run("kwok", { kubeconfig: kubeconfigFile("admin"), config: keeper.file("kwok.yaml", kwokConfiguration()), "server-address": "" });

  await startLeaderWorkerSetController({ keeper, run, api, lws, certificate, kubeconfig: kubeconfigFile("lws"), port });
  await ready("the LeaderWorkerSet webhook", () => accepts(port.webhook));
  for (const hook of webhooks(lws, ca, port.webhook)) await api.create(hook);
  await ready("the default service account", () => api.get("v1/ServiceAccount", "default", "default"));
  for (const object of readYaml(path.join(__dirname, "cluster.yaml"))) await api.create(object);
  return { api, kubeconfig: kubeconfigOf("admin") };
}

interface LeaderWorkerSetSetup {
  keeper: Keeper;
  run: (program: string, args: Record<string, string>) => void;
  api: KubernetesApi;
  lws: string;
  certificate: string;
  kubeconfig: string;
  port: Record<"webhook" | "health", number>;
}

/** Gives its user the role of the release's manifests, and runs the webhook on loopback without creating certificates. */
async function startLeaderWorkerSetController({
  keeper,
  run,
  api,
  lws,
  certificate,
  kubeconfig,
  port,
}: LeaderWorkerSetSetup): Promise<void> {
  const group = "rbac.authorization.k8s.io";
  for (const role of readYaml(path.join(lws, "role.yaml"))) await api.create(role);
  await api.create({
    ...{ apiVersion: `${group}/v1`, kind: "ClusterRoleBinding", metadata: { name: "lws-manager" } },
    roleRef: { apiGroup: group, kind: "ClusterRole", name: "manager-role" },
    subjects: [{ apiGroup: group, kind: "User", name: "lws-controller-manager" }],
  });
  const folder = path.join(keeper.folder, "webhook");
  keeper.file("webhook/tls.crt", fs.readFileSync(certificate, "utf8"));
  keeper.file("webhook/tls.key", fs.readFileSync(certificate.replace(/crt$/, "key"), "utf8"));
  const configuration = {
    ...{ apiVersion: "config.lws.x-k8s.io/v1alpha1", kind: "Configuration" },
    ...{ leaderElection: { leaderElect: false }, internalCertManagement: { enable: false }, metrics: { bindAddress: "0" } },
    webhook: { host: "127.0.0.1", port: port.webhook, certDir: folder },
    health: { healthProbeBindAddress: `127.0.0.1:${port.health}` },
  };
  run("lws-manager", { config: keeper.file("lws.yaml", stringify(configuration)), kubeconfig });
}

/**
 * As the release registers them, with an address instead of a Service. Its overlay limits the pods' hooks to pods of sets; so does this.
 */
function webhooks(lws: string, ca: string, port: number): KubernetesObject[] {
  interface Hook {
    name: string;
    clientConfig: { service?: { path: string }; url?: string; caBundle?: string };
    objectSelector?: unknown;
  }
  const ofSets = { matchExpressions: [{ key: "leaderworkerset.sigs.k8s.io/name", operator: "Exists" }] };
  return readYaml(path.join(lws, "manifests.yaml")).map((configuration) => ({
    ...configuration,
    webhooks: (configuration.webhooks as Hook[]).map((hook) => ({
      ...hook,
      clientConfig: { url: `https://127.0.0.1:${port}${hook.clientConfig.service!.path}`, caBundle: Buffer.from(ca).toString("base64") },
      ...(/pod\.kb\.io$/.test(hook.name) && { objectSelector: ofSets }),
    })),
  }));
}

function kwokConfiguration(): string {
  const stages = readYaml(path.join(__dirname, "stages.yaml"));
  const ready = stages.find(({ metadata }) => metadata.name === "model-is-loaded")!.spec.next.statusTemplate as string;
  const options = {
    ...{ manageAllNodes: false, manageNodesWithAnnotationSelector: "kwok.x-k8s.io/node=fake", nodeLeaseDurationSeconds: 40 },
    ...{ cidr: "10.244.0.0/16", nodeIP: "10.1.0.1", enablePodsOnNodeSyncStreamWatch: true },
    ...{ podPlayStageParallelism: 4, nodePlayStageParallelism: 4, nodeLeaseParallelism: 4 },
  };
  const configuration = { apiVersion: "config.kwok.x-k8s.io/v1alpha1", kind: "KwokConfiguration", options };
  const text = [configuration, ...stages].map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })).join("---\n");
  return text.replace(/"?'?@READY@'?"?/, JSON.stringify(ready));
}

export const hasCondition = ({ status }: KubernetesObject, type: string): boolean =>
  ((status?.conditions as { type: string; status: string }[] | undefined) ?? []).some(
    (each) => each.type === type && each.status === "True",
  );

async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const servers = await Promise.all(
    names.map(
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<Name, number>;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.end(() => resolve(true)));
    socket.on("error", () => resolve(false));
  });

const tail = (file: string) => fs.readFileSync(file, "utf8").split("\n").slice(-8).join("\n");

/**
 * Asks a Kubernetes API by a kubeconfig over node:https. @kubernetes/client-node would be 62 MB in every installation of this package
 * for some GET requests.
 */
import https from "node:https";
import net from "node:net";
import { given } from "../../sizing/givenKeys";
import type { ClusterApi } from "../check";
import { ClusterRefusal, ClusterUnreachable } from "./clusterErrors";
import { runExecPlugin, type ExecCredential } from "./execCredential";
import { readKubeconfig, type KubeconfigAccess, type KubeconfigUser } from "./kubeconfig";
import { refuseProxy } from "../machine/proxy";

interface KubeconfigClusterOptions {
  context?: string;
  /** The limit of one connection, and then of one answer. */
  limitMilliseconds?: number;
}

/** Below `defaultBudgetMilliseconds`: if the ranges do not admit this machine, its packets get no answer. */
const defaultLimitMilliseconds = 3000;
/** All DaemonSets of a large cluster take some megabytes. */
const answerLimitBytes = 32 * 1024 * 1024;

/** Reads, runs and opens nothing before the first question; then it fetches credentials once and asks every path once. */
export function kubeconfigCluster(kubeconfig: () => Promise<string>, options: KubeconfigClusterOptions = {}): ClusterApi {
  const limit = options.limitMilliseconds ?? defaultLimitMilliseconds;
  let connection: Promise<Connection> | undefined;
  const answers = new Map<string, Promise<unknown>>();
  return {
    get<Answer>(path: string) {
      connection ??= kubeconfig().then((text) => open(readKubeconfig(text, options.context), limit));
      const answer = answers.get(path) ?? connection.then((opened) => get(opened, path, limit));
      answers.set(path, answer);
      return answer as Promise<Answer | undefined>;
    },
  };
}

interface Connection {
  server: URL;
  agent: https.Agent;
  token: string | undefined;
}

/** Tries the connection while the token is fetched: one after the other would take longer than a check may. */
async function open(access: KubeconfigAccess, limit: number): Promise<Connection> {
  const { server, ca, tlsServerName, skipCertificateCheck } = access;
  refuseProxy(server);
  const [{ token, certificate, key }] = await Promise.all([findCredentials(access.user), tryConnection(server, limit)]);
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 4,
    rejectUnauthorized: !skipCertificateCheck,
    ...given({ ca, servername: tlsServerName, cert: certificate, key }, "ca", "servername", "cert", "key"),
  });
  return { server, agent, token };
}

async function findCredentials(user: KubeconfigUser): Promise<ExecCredential> {
  switch (user.kind) {
    case "anonymous":
      return {};
    case "token":
      return { token: user.token };
    case "certificate":
      return { certificate: user.certificate, key: user.key };
    case "exec":
      return runExecPlugin(user.plugin);
  }
}

function tryConnection({ hostname, port }: URL, limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port || 443), hostname.replace(/^\[|\]$/g, ""));
    const end = (then: () => void) => (clearTimeout(timer), socket.destroy(), then());
    const timer = setTimeout(
      () => end(() => reject(new ClusterUnreachable("connection", `${hostname} accepted no connection within ${limit / 1000} s`))),
      limit,
    );
    socket.on("connect", () => end(resolve));
    socket.on("error", (error) => end(() => reject(new ClusterUnreachable("connection", error.message))));
  });
}

function get({ server, agent, token }: Connection, path: string, limit: number): Promise<unknown> {
  const headers = { accept: "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  // The address may have a path, as behind Rancher.
  const url = new URL(server.pathname.replace(/\/$/, "") + path, server);
  return new Promise((resolve, reject) => {
    const request = https.get(url, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > answerLimitBytes) request.destroy(new Error(`GET ${path}: more than ${answerLimitBytes / 1024 / 1024} MiB`));
      });
      response.on("end", () => {
        clearTimeout(timer);
        try {
          resolve(readAnswer(path, response.statusCode ?? 0, Buffer.concat(chunks).toString()));
        } catch (error) {
          reject(error as Error);
        }
      });
      response.on("error", reject);
    });
    const timer = setTimeout(() => request.destroy(new Error(`GET ${path}: no answer in ${limit / 1000} s`)), limit);
    request.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // Node gives every error below HTTP a code: a certificate of another authority, a connection that ends.
      reject(error.code === undefined ? error : new ClusterUnreachable("connection", error.message));
    });
  });
}

/** Refusals are a Status object: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function readAnswer(path: string, status: number, text: string): unknown {
  if (status === 404) return undefined;
  const answer = parseJson(text);
  if (status >= 200 && status < 300) {
    if (answer === undefined) throw new Error(`GET ${path}: the answer is not JSON; the server is not a Kubernetes API`);
    return answer;
  }
  const { reason, message } = (answer ?? {}) as { reason?: string; message?: string };
  throw new ClusterRefusal(status, reason ?? `Status ${status}`, message ?? text.slice(0, 200));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

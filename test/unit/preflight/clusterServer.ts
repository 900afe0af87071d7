/** An HTTPS server on loopback that acts as a Kubernetes API, and kubeconfigs for it. */
import https from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { authority, serverCertificate, serverKey } from "./clusterCertificates";

export interface Request {
  path: string;
  authorization: string | undefined;
  /** Common name of the client's certificate. */
  certificateOf: string | undefined;
}

export interface Answer {
  status: number;
  body: string;
}

export interface ClusterServer {
  url: string;
  requests: Request[];
  /** By path; every other path is 404. `silent` never answers. */
  answers: Record<string, Answer | "silent">;
  close(): Promise<void>;
}

/** A refusal in the form of Kubernetes. */
export const refusal = (code: number, reason: string, message: string): Answer => ({
  status: code,
  body: JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code }),
});

export const json = (object: unknown): Answer => ({ status: 200, body: JSON.stringify(object) });

export async function clusterServer(): Promise<ClusterServer> {
  const requests: Request[] = [];
  const answers: ClusterServer["answers"] = {};
  const options = { cert: serverCertificate, key: serverKey, ca: authority, requestCert: true, rejectUnauthorized: false };
  const server = https.createServer(options, ({ url = "", headers, socket }, response) => {
    const subject = (socket as TLSSocket).getPeerCertificate().subject as { CN?: string } | undefined;
    requests.push({ path: url, authorization: headers.authorization, certificateOf: subject?.CN });
    const answer = answers[url] ?? { status: 404, body: "404 page not found\n" };
    if (answer !== "silent") response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const base64 = (text: string) => Buffer.from(text).toString("base64");

export const kubeconfigText = (server: string, user: object, cluster: object = { "certificate-authority-data": base64(authority) }) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "shared", cluster: { server, ...cluster } }],
    users: [{ name: "deployer", user }],
    contexts: [{ name: "main", context: { cluster: "shared", user: "deployer" } }],
    "current-context": "main",
  });

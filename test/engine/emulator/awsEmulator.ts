/** AWS on loopback for the preflight: moto, and before it a small server that adds what moto lacks and refuses what a spec says. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { EngineRun } from "../support/engineRun";
import { eventually } from "../support/eventually";
import { zoneIdPrefix } from "./adoptedResources";
import { supplement, type Supplements } from "./supplements";

export interface AwsEmulator extends Supplements {
  /** Environment that points only SDK and CLI to it. */
  environment: Record<string, string>;
  /** Actions in the order of the requests. */
  actions: string[];
  close(): void;
}

export async function startAwsEmulator({ keeper, tools }: Pick<EngineRun, "keeper" | "tools">): Promise<AwsEmulator> {
  const moto = await freePort();
  keeper.start("moto", [...tools.command("aws-emulator"), "-H", "127.0.0.1", "-p", String(moto)]);
  await eventually("moto", 60, async () => (await forwarded(moto, "GET", "/moto-api/data.json", {}, "")).status === 200);

  const emulator: Omit<AwsEmulator, "environment" | "close"> = { quotas: {}, denied: [], actions: [] };
  const server = http.createServer((request, response) => void answer(request, response));
  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = "GET", url = "/", headers } = request;
    const path = url.replace(`/hostedzone/${zoneIdPrefix}`, "/hostedzone/");
    const action = String(headers["x-amz-target"] ?? /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? `${method} ${path}`);
    emulator.actions.push(action.split(".").at(-1) ?? action);
    const found = supplement({ method, path, action, body }, emulator) ?? (await forwarded(moto, method, path, headers, body));
    response.writeHead(found.status, { "content-type": found.type }).end(found.body);
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(emulator, {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ...{ AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_EC2_METADATA_DISABLED: "true" },
    },
    close() {
      server.close();
      server.closeAllConnections(); // clients keep connections open for the next request
    },
  });
}

function forwarded(port: number, method: string, path: string, headers: http.IncomingHttpHeaders, body: string) {
  return new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"] ?? "text/plain",
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function freePort(): Promise<number> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

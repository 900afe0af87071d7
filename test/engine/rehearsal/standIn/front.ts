/** The HTTP side of vLLM before the simulator, which does not know API keys or draining. */
import http from "node:http";
import type { Socket } from "node:net";

export interface FrontSettings {
  /** Empty: no key is required. */
  keys: readonly string[];
  simulatorPort: number;
  keepAliveSeconds: number;
}

/** Prefixes that a key guards, and no others: https://docs.vllm.ai/en/latest/usage/security.html#api-key-authentication-limitations */
const guarded = ["/v1", "/v2", "/inference"];

/** Open on a real server, unknown to the simulator; the answer does not matter here. */
const alsoOpen = new Set([
  ...["/ping", "/version", "/load", "/detokenize", "/tokenizer_info", "/invocations", "/pooling", "/classify", "/score", "/rerank"],
  ...["/pause", "/resume", "/is_paused", "/scale_elastic_ep", "/reset_prefix_cache", "/collective_rpc", "/docs", "/redoc", "/openapi.json"],
]);

export class Front {
  /** Requests that are being answered. */
  running = 0;
  /**
   * An engine whose peer is gone does not answer requests, but `/health` and `/metrics` do:
   * https://github.com/vllm-project/vllm/issues/11996
   */
  hanging = false;
  private draining = false;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly settings: FrontSettings) {}

  async listen(addresses: readonly string[], port: number): Promise<void> {
    for (const address of addresses) {
      const server = http.createServer({ keepAliveTimeout: this.settings.keepAliveSeconds * 1000 }, (request, response) =>
        this.answer(request, response),
      );
      server.on("connection", (socket: Socket) => {
        this.sockets.add(socket);
        socket.on("close", () => this.sockets.delete(socket));
      });
      await new Promise<void>((resolve, reject) => server.on("error", reject).listen(port, address, resolve));
    }
  }

  /**
   * New requests get 500 from here on, but the port stays open and `/health` answers 200 until the process ends: vLLM stops its HTTP server
   * only when the engine has finished (vllm/entrypoints/launcher.py of 0.27.1; 500 seen with 0.32 on a CPU).
   */
  drain(): void {
    this.draining = true;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const path = (request.url ?? "/").split("?")[0]!;
    this.running++;
    response.on("close", () => this.running--);
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (!this.admits(request, path)) reply(401, { error: "Unauthorized" });
    else if (path === "/health") response.writeHead(200).end();
    else if (path === "/metrics") this.pass(request, response);
    else if (this.draining) reply(500, { error: "The engine is shutting down." });
    else if (this.hanging) return;
    else if (alsoOpen.has(path)) reply(200, {});
    else this.pass(request, response);
  }

  private admits({ method, headers }: http.IncomingMessage, path: string): boolean {
    const { keys } = this.settings;
    if (keys.length === 0 || method === "OPTIONS" || !guarded.some((prefix) => path.startsWith(prefix))) return true;
    const [scheme = "", key = ""] = (headers.authorization ?? "").split(" ");
    return scheme.toLowerCase() === "bearer" && keys.includes(key);
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method, url: path, headers } = request;
    const target = { host: "127.0.0.1", port: this.settings.simulatorPort, agent: false, path: path ?? "/", headers };
    const passed = http.request({ ...target, ...(method !== undefined && { method }) }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  }
}

/** A request to a server, and its answer as far as it came. */
import http from "node:http";

export interface Question {
  path: string;
  method?: string;
  key?: string | undefined;
  body?: unknown;
  /** Called at every piece, with everything that has come so far. */
  onData?: (soFar: string) => void;
}

export interface Answer {
  status: number;
  text: string;
  /** False when the connection broke half way. */
  complete: boolean;
}

export interface Target {
  host: string;
  port: number;
  /** The client's own address. */
  localAddress?: string;
  /** Rejects when the server says nothing for so long. */
  timeout?: number;
}

export function answered(target: Target, { path, method = "GET", key, body, onData }: Question): Promise<Answer> {
  const headers = { ...(key && { authorization: `Bearer ${key}` }), "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const request = http.request({ ...target, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        onData?.(text);
      });
      response.on("error", () => undefined);
      response.on("close", () => resolve({ status: response.statusCode ?? 0, text, complete: response.complete }));
    });
    request.on("timeout", () => request.destroy(new Error("timed out")));
    request.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

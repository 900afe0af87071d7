/** Deployments over HTTP: `POST /deployments`, `GET /deployments/:id`, `DELETE /deployments/:id`. */
import http from "node:http";
import type { EnvironmentConfiguration } from "../../automation";
import { NameTaken, type Deployments } from "./deployments";

interface Answer {
  status: number;
  body: object;
}

/** `{ "stackName": "acme", "environment": { "model": "Qwen/Qwen3-32B", … } }` */
interface CreateRequest {
  stackName: string;
  environment: EnvironmentConfiguration;
}

/** Longest request, bytes. */
const longestRequest = 64 * 1024;
const problem = (status: number, message: string): Answer => ({ status, body: { message } });

/** Answers whoever sends the token: a deployment costs money. */
export function service(deployments: Deployments, token: string): http.Server {
  return http.createServer((request, response) => {
    void answer(deployments, token, request)
      .catch((error: unknown) => problem(500, String(error)))
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
  });
}

async function answer(deployments: Deployments, token: string, request: http.IncomingMessage): Promise<Answer> {
  if (request.headers.authorization !== `Bearer ${token}`) return problem(401, "Send the service's token.");
  const [, collection, id, ...rest] = (request.url ?? "").split("/");
  if (collection !== "deployments" || rest.length > 0) return problem(404, "There is /deployments and /deployments/:id.");
  if (id === undefined)
    return request.method === "POST" ? create(deployments, await textOf(request)) : problem(405, "POST makes a deployment.");
  const found = deployments.find(id);
  if (!found) return problem(404, "There is no such deployment.");
  if (request.method === "GET") return { status: 200, body: found };
  if (request.method !== "DELETE") return problem(405, "GET asks, DELETE destroys.");
  return deployments.destroy(id) ? { status: 202, body: found } : problem(409, "It is being destroyed, or is gone.");
}

function create(deployments: Deployments, text: string | undefined): Answer {
  const request = text === undefined ? undefined : requestOf(text);
  if (!request) return problem(400, "Send { stackName, environment } as JSON, 64 KiB at most.");
  try {
    return { status: 202, body: deployments.create(request.stackName, request.environment) };
  } catch (error) {
    if (error instanceof NameTaken) return problem(409, `There is a deployment ${request.stackName} already.`);
    throw error;
  }
}

/** What the environment means, and whether it may, is the package's affair: a wrong one ends in `invalid-configuration`. */
function requestOf(text: string): CreateRequest | undefined {
  try {
    const { stackName, environment = {} } = JSON.parse(text) as Partial<CreateRequest>;
    const sound = typeof stackName === "string" && typeof environment === "object" && environment !== null;
    return sound ? { stackName, environment } : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(request: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestRequest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

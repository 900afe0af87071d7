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

/** Largest request, bytes. */
const longestRequest = 64 * 1024;
const problem = (status: number, message: string): Answer => ({ status, body: { message } });

/** Answers only requests that carry the token, because a deployment costs money. */
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
  if (collection !== "deployments" || rest.length > 0) return problem(404, "Use /deployments or /deployments/:id.");
  if (id === undefined)
    return request.method === "POST" ? create(deployments, await textOf(request)) : problem(405, "Use POST to create a deployment.");
  const found = deployments.find(id);
  if (!found) return problem(404, "There is no such deployment.");
  if (request.method === "GET") return { status: 200, body: found };
  if (request.method !== "DELETE") return problem(405, "Use GET to read a deployment, or DELETE to destroy it.");
  return deployments.destroy(id) ? { status: 202, body: found } : problem(409, "The deployment is being destroyed, or is already gone.");
}

function create(deployments: Deployments, text: string | undefined): Answer {
  const request = text === undefined ? undefined : requestOf(text);
  if (!request) return problem(400, "Send { stackName, environment } as JSON, at most 64 KiB.");
  try {
    return { status: 202, body: deployments.create(request.stackName, request.environment) };
  } catch (error) {
    if (error instanceof NameTaken) return problem(409, `A deployment ${request.stackName} already exists.`);
    throw error;
  }
}

/** The package checks the environment: a wrong one ends in `invalid-configuration`. */
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

/** Deployments over HTTP: `POST /deployments`, `GET /deployments/:id`, `DELETE /deployments/:id`. */
import { createHash, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { EnvironmentConfiguration } from "../../automation";
import { NameTaken, QueueFull, type Deployments } from "./deployments";

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
/** A client that sends slowly, or nothing, must not hold a connection. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 5000,
};
const mostConnections = 200;
const problem = (status: number, message: string): Answer => ({ status, body: { message } });

export type Limits = Partial<typeof limits>;

/** Answers only requests that carry the token, because a deployment costs money. */
export function service(deployments: Deployments, token: string, changed: Limits = {}): http.Server {
  const server = http.createServer({ ...limits, ...changed }, (request, response) => {
    void answer(deployments, token, request)
      .catch((error: unknown) => {
        console.error(error); // for the operator: what went wrong inside is not the client's business
        return problem(500, "The service could not answer.");
      })
      .then(({ status, body }) => {
        // The rest of a refused body is not read.
        response.writeHead(status, { "content-type": "application/json", ...(request.complete ? {} : { connection: "close" }) });
        response.end(JSON.stringify(body));
      });
  });
  server.maxConnections = mostConnections;
  return server;
}

const digest = (text: string) => createHash("sha256").update(text).digest();
/** Takes the same time for every token, however many letters of it are right; digests have the same length. */
const isToken = (given: string | undefined, token: string) => timingSafeEqual(digest(given ?? ""), digest(`Bearer ${token}`));

async function answer(deployments: Deployments, token: string, request: http.IncomingMessage): Promise<Answer> {
  if (!isToken(request.headers.authorization, token)) return problem(401, "Send the service's token.");
  const [, collection, id, ...rest] = (request.url ?? "").split("/");
  if (collection !== "deployments" || rest.length > 0) return problem(404, "Use /deployments or /deployments/:id.");
  if (id === undefined)
    return request.method === "POST" ? create(deployments, await textOf(request)) : problem(405, "Use POST to create a deployment.");
  const found = deployments.find(id);
  if (!found) return problem(404, "There is no such deployment.");
  if (request.method === "GET") return { status: 200, body: found };
  if (request.method !== "DELETE") return problem(405, "Use GET to read a deployment, or DELETE to destroy it.");
  try {
    return deployments.destroy(id) ? { status: 202, body: found } : problem(409, "The deployment is being destroyed, or is already gone.");
  } catch (error) {
    return refusalOf(error);
  }
}

function create(deployments: Deployments, text: string | undefined): Answer {
  const request = text === undefined ? undefined : requestOf(text);
  if (!request)
    return problem(
      400,
      "Send { stackName, environment } as JSON, at most 64 KiB; stackName has up to 58 lower-case letters, digits and hyphens.",
    );
  try {
    return { status: 202, body: deployments.create(request.stackName, request.environment) };
  } catch (error) {
    if (error instanceof NameTaken) return problem(409, `A deployment ${request.stackName} already exists.`);
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Answer {
  if (error instanceof QueueFull) return problem(429, "The service is busy: try again later.");
  throw error;
}

/** A stack's own name: a client must not choose the organization. */
const ownName = /^[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?$/;

/** The package checks the environment: a wrong one, or one that a stranger may not choose, ends in `invalid-configuration`. */
function requestOf(text: string): CreateRequest | undefined {
  try {
    const { stackName, environment = {} } = JSON.parse(text) as Partial<CreateRequest>;
    const isObject = typeof environment === "object" && environment !== null && !Array.isArray(environment);
    return typeof stackName === "string" && ownName.test(stackName) && isObject ? { stackName, environment } : undefined;
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

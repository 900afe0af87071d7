/** The few calls of the Kubernetes API that the specs make, over HTTPS, without kubectl. */
import https from "node:https";

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  spec?: any;
  status?: any;
  [field: string]: unknown;
}

/** The server's own words for a refusal. */
export class KubernetesRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Credentials {
  server: string;
  ca: string;
  token: string;
}

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

export class KubernetesApi {
  private readonly agent: https.Agent;
  private readonly resources = new Map<string, Promise<ApiResource[]>>();

  constructor(private readonly credentials: Credentials) {
    this.agent = new https.Agent({ ca: credentials.ca, keepAlive: true });
  }

  request(method: string, path: string, body?: unknown, type = "application/json"): Promise<any> {
    const { server, token } = this.credentials;
    const content = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(content !== undefined && { "content-type": type, "content-length": Buffer.byteLength(content) }),
    };
    return new Promise((resolve, reject) => {
      const call = https.request(server + path, { method, agent: this.agent, headers, timeout: 30_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          const answer = text.startsWith("{") ? (JSON.parse(text) as { message?: string }) : { message: text };
          if (status < 300) resolve(answer);
          else reject(new KubernetesRefusal(status, answer.message ?? text));
        });
      });
      call.on("timeout", () => call.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
      call.on("error", reject);
      call.end(content);
    });
  }

  /** `v1/Pod`, `apps/v1/StatefulSet`: as in a manifest. */
  private async pathOf(kind: string, namespace?: string, name?: string): Promise<string> {
    const cut = kind.lastIndexOf("/");
    const apiVersion = kind.slice(0, cut);
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = this.resources.get(apiVersion) ?? this.request("GET", base).then(({ resources }) => resources as ApiResource[]);
    this.resources.set(apiVersion, list);
    list.catch(() => this.resources.delete(apiVersion));
    const resource = (await list).find((each) => each.kind === kind.slice(cut + 1) && !each.name.includes("/"));
    if (!resource) throw new Error(`The API server knows no ${kind}.`);
    const place = resource.namespaced && namespace ? `/namespaces/${namespace}` : "";
    return `${base}${place}/${resource.name}${name ? `/${name}` : ""}`;
  }

  async list(kind: string, namespace?: string): Promise<KubernetesObject[]> {
    return (await this.request("GET", await this.pathOf(kind, namespace))).items;
  }

  async get(kind: string, name: string, namespace?: string): Promise<KubernetesObject> {
    return this.request("GET", await this.pathOf(kind, namespace, name));
  }

  /** `dryRun`: everything that a create does, admission included, except keeping the object. Unknown and repeated fields are errors. */
  async create(object: KubernetesObject, { dryRun = false } = {}): Promise<KubernetesObject> {
    const path = await this.pathOf(`${object.apiVersion}/${object.kind}`, object.metadata.namespace ?? "default");
    return this.request("POST", `${path}?fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`, object);
  }

  /** An object that is already deleted is not an error. */
  async delete(kind: string, name: string, namespace?: string, options?: { gracePeriodSeconds: number }): Promise<void> {
    await this.request("DELETE", await this.pathOf(kind, namespace, name), options).catch((error: unknown) => {
      if (!(error instanceof KubernetesRefusal && error.status === 404)) throw error;
    });
  }

  async patch(kind: string, name: string, namespace: string | undefined, patch: unknown, subresource = ""): Promise<KubernetesObject> {
    return this.request("PATCH", (await this.pathOf(kind, namespace, name)) + subresource, patch, "application/merge-patch+json");
  }

  /** A Pod's eviction, as a drain asks for it: the disruption budget may refuse. */
  async evict(name: string, namespace: string): Promise<void> {
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
    await this.request("POST", `${await this.pathOf("v1/Pod", namespace, name)}/eviction`, body);
  }
}

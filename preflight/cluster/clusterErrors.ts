/** Why a Kubernetes API gave no answer. */

/** What to repair: the connection to the server, the credentials for it, or the kubeconfig that names both. */
export type Obstacle = "connection" | "credentials" | "kubeconfig";

/** The Kubernetes provider would not reach the server either. */
export class ClusterUnreachable extends Error {
  constructor(
    readonly obstacle: Obstacle,
    message: string,
  ) {
    super(message);
  }
}

/** The server answered with a refusal; `message` is the server's. */
export class ClusterRefusal extends Error {
  /** `reason`: Kubernetes' name for it: Unauthorized, Forbidden, ServiceUnavailable, … */
  constructor(
    readonly status: number,
    reason: string,
    message: string,
  ) {
    super(message);
    if (reason !== message) this.name = reason; // 401 has the same text in both
  }
}

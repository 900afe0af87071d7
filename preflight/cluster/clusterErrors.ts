/** Why a Kubernetes API gave no answer. */

/** What has to be mended: the way to the server, the credentials for it, or the kubeconfig that names both. */
export type Obstacle = "connection" | "credentials" | "kubeconfig";

/** The Kubernetes provider would not get there either. */
export class ClusterUnreachable extends Error {
  constructor(
    readonly obstacle: Obstacle,
    message: string,
  ) {
    super(message);
  }
}

/** The server answered, and not with what was asked for; `message` is its own. */
export class ClusterRefusal extends Error {
  /** `reason`: Kubernetes' word for it: Unauthorized, Forbidden, ServiceUnavailable, … */
  constructor(
    readonly status: number,
    reason: string,
    message: string,
  ) {
    super(message);
    if (reason !== message) this.name = reason; // 401 has one word for both
  }
}

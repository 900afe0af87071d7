/** What the preflight may ask of a Kubernetes API: GET requests, nothing else. */
export interface ClusterApi {
  /** The answer's JSON; undefined for 404. Rejects with the server's own words for every other refusal. */
  get<Answer>(path: string): Promise<Answer | undefined>;
}

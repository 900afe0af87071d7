/** Where a fact comes from. Every row of the catalog carries one of these. */
export interface Source {
  /** Page, repository path or log line that states the fact; a description if no address is known. */
  url: string;
  /** Day on which the source said so, `YYYY-MM-DD`. */
  asOf: string;
  /** `high`: read in a primary source. `medium`: secondary source or one step of inference. `low`: weak; the plan prints it as assumed. */
  confidence: "high" | "medium" | "low";
}

/** What the preflight may ask the machine that it runs on. */
export interface Machine {
  /**
   * Standard output of a program that only reads; rejects with ENOENT if there is none, else with the last error that it printed.
   * `environment` is added to the environment of this process.
   */
  output(program: string, args: readonly string[], environment?: Record<string, string>): Promise<string>;
  /** Status of a plain GET; rejects if nothing answers. */
  httpStatus(url: string, headers?: Record<string, string>): Promise<number>;
  /** Body of a GET that answers 200, trimmed; rejects for every other status. */
  text(url: string): Promise<string>;
}

/** What the preflight may ask of the machine that it runs on. */
export interface Machine {
  /**
   * Standard output of a program that is only asked for something; rejects with ENOENT where there is none, else with its own last words.
   * `environment` is added to this process's own.
   */
  output(program: string, args: readonly string[], environment?: Record<string, string>): Promise<string>;
  /** Status of a plain GET; rejects where nothing answers. */
  httpStatus(url: string, headers?: Record<string, string>): Promise<number>;
  /** Body of a GET that answers 200, without blanks at its ends; rejects for everything else. */
  text(url: string): Promise<string>;
}

/**
 * The program of the download Job. It uses only Python's standard library, so that any small Python image runs it. The Job mounts the
 * files from a ConfigMap. They are constant: everything that differs between two models is an argument.
 *
 * Exit code 1: a person must act, because another attempt would end the same way. 75 (EX_TEMPFAIL): another attempt continues where this
 * one ended.
 */
import { scriptText } from "../scriptText";

/** The Job gives up at once after this exit code. */
export const refusedExitCode = 1;

/** The data of the ConfigMap: file name to text. */
export const downloadScripts = {
  /** Decides what to do, and holds the record of what is complete. */
  "download.py": scriptText(__dirname, "download.py"),
  /** Opens files without following links, and compares them with digests. */
  "content.py": scriptText(__dirname, "content.py"),
  /** Sends requests to the Hugging Face Hub. */
  "hub.py": scriptText(__dirname, "hub.py"),
  /** Chooses the files of a revision. */
  "listing.py": scriptText(__dirname, "listing.py"),
  /** Fetches one file. */
  "transfer.py": scriptText(__dirname, "transfer.py"),
};

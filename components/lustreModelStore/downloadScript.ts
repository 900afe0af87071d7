/**
 * The program of the download Job. It uses only Python's standard library, so that any small Python image runs it. The Job mounts the two
 * files from a ConfigMap. They are constant: everything that differs between two models is an argument.
 *
 * Exit code 1: a person must act, because another attempt would end the same way. 75 (EX_TEMPFAIL): another attempt continues where this
 * one ended.
 */
import { scriptText } from "../scriptText";

/** The Job gives up at once after this exit code. */
export const refusedExitCode = 1;

/** The data of the ConfigMap: file name to text. `hub.py` talks to the Hugging Face Hub. */
export const downloadScripts = { "download.py": scriptText(__dirname, "download.py"), "hub.py": scriptText(__dirname, "hub.py") };

/**
 * The program of the download Job: Python, standard library only, so that any small Python image runs it. The Job mounts the two files from a
 * ConfigMap. They are constant: whatever differs between two models comes in as arguments.
 *
 * Exit code 1: a person must act and another attempt would end the same way. 75 (EX_TEMPFAIL): another attempt continues where this one ended.
 */
import { scriptText } from "../scriptText";

/** Exit code after which the Job gives up at once. */
export const refusedExitCode = 1;

/** File name to text: the ConfigMap's data. `hub.py` is the part that talks to the Hugging Face Hub. */
export const downloadScripts = { "download.py": scriptText(__dirname, "download.py"), "hub.py": scriptText(__dirname, "hub.py") };

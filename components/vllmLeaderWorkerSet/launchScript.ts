/** What runs first in every pod of a group that spans nodes: find the leader, then become vLLM. */
import { scriptText } from "../scriptText";

/**
 * Constant: every setting comes as an argument, so no value of a user is ever read as shell.
 *
 * The wait has no end on purpose. A pod that gives up restarts, and a restart makes the controller recreate the whole group: a leader that
 * is still pulling its image would be killed by its own impatient workers, again and again
 * (https://github.com/kubernetes-sigs/lws/issues/746). What ends a start that hangs is the start-up probe of the leader.
 *
 * `--master-addr` takes an address: some transports of vLLM accept no host name. `getent`, because the images carry no DNS tools.
 * `exec` makes vLLM process 1: a shell in its place would not pass SIGTERM on, and no request would be drained. Until then the shell is
 * process 1, which the kernel shields from signals it does not handle: hence the trap.
 */
export const launchScript = scriptText(__dirname, "launch.sh");

/** The word after the script is the shell's own name; the container's arguments follow it. */
export const launchCommand: string[] = ["/bin/bash", "-c", launchScript, "launch-vllm"];

/** A group of one pod has nobody to wait for: vLLM is process 1 from the start. */
export const directCommand: string[] = ["vllm", "serve"];

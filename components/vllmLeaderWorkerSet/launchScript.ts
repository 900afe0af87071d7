/** The start of every pod in a group of several nodes: it finds the leader, then runs vLLM. */
import { scriptText } from "../scriptText";

/**
 * The script is constant: every setting is an argument, so the shell never interprets a value of the user.
 *
 * It waits without a limit on purpose. A worker that gives up restarts, and then the controller recreates the whole group: workers would
 * kill a leader that still pulls its image, again and again (https://github.com/kubernetes-sigs/lws/issues/746). The start-up probe of the
 * leader ends a start that hangs.
 *
 * `--master-addr` gets an address, because some transports of vLLM do not accept host names. The script uses `getent`, because the images
 * have no DNS tools. The file is for wait_for_leader.py: when the group ends, cluster DNS may no longer know the leader. `exec` makes vLLM
 * process 1: a shell would not pass SIGTERM on, and vLLM would not drain requests. Until then the shell is process 1, and the kernel
 * ignores signals that process 1 does not handle; hence the trap.
 */
export const launchScript = scriptText(__dirname, "launch.sh");

/** The word after the script is `$0`; the container's arguments follow it. */
export const launchCommand: string[] = ["/bin/bash", "-c", launchScript, "launch-vllm"];

/** In a group of one pod there is no leader to wait for: vLLM is process 1 from the start. */
export const directCommand: string[] = ["vllm", "serve"];

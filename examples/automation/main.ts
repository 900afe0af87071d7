/** Starts the service on this machine alone: SERVICE_TOKEN, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE and AWS_PROFILE say for whom. */
import { atMost, automate } from "../../automation";
import { deployments } from "./deployments";
import { service } from "./service";

const token = process.env.SERVICE_TOKEN;
if (!token) throw new Error("Set SERVICE_TOKEN: whoever has it can make deployments that cost money.");

/** Each is a process, a CLI and its providers. */
const pool = atMost(4);
const all = deployments((stackName, environment) => automate({ stackName, environment, aws: { region: "us-west-2" } }, pool));
const server = service(all, token).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");

// What is under way is stopped, its state written and its lock given back; the same request goes on from there.
process.once("SIGTERM", () => {
  server.close();
  void all.close();
});

/** Starts the service for this machine only. Set SERVICE_TOKEN, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE and AWS_PROFILE. */
import { atMost, automate } from "../../automation";
import { deployments } from "./deployments";
import { service } from "./service";

const token = process.env.SERVICE_TOKEN;
if (!token) throw new Error("Set SERVICE_TOKEN: anyone who has it can create deployments that cost money.");

/** Each operation runs a process with the CLI and its providers, which needs memory and CPU. */
const pool = atMost(4);
const all = deployments((stackName, environment) => automate({ stackName, environment, aws: { region: "us-west-2" } }, pool));
const server = service(all, token).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");

// Pulumi stops running operations, writes their state and releases the locks; the same request continues from there.
process.once("SIGTERM", () => {
  server.close();
  void all.close();
});

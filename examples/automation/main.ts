/**
 * Starts the service for this machine only. Set SERVICE_TOKEN, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE and AWS_PROFILE.
 * SERVICE_JOURNAL is the file that remembers deployments over a restart.
 */
import { atMost, automate } from "../../automation";
import { deployments } from "./deployments";
import { fileJournal } from "./journal";
import { service } from "./service";

const token = process.env.SERVICE_TOKEN;
if (!token) throw new Error("Set SERVICE_TOKEN: anyone who has it can create deployments that cost money.");

/** Each operation runs a process with the CLI and its providers, which needs memory and CPU. */
const pool = atMost(4);
/** Requests come from tenants, who are not trusted with this machine or this account. */
const all = deployments(
  (stackName, environment) => automate({ stackName, environment, untrustedEnvironment: true, aws: { region: "us-west-2" } }, pool),
  { journal: fileJournal(process.env.SERVICE_JOURNAL ?? "deployments.json"), mostUnderWay: 100 },
);
const server = service(all, token).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");

// Pulumi stops running operations, writes their state and releases the locks; the same request continues from there.
process.once("SIGTERM", () => {
  server.close();
  void all.close();
});

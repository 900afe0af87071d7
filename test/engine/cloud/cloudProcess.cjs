// The simulated account as a process of its own, as a plugin is. ACCOUNT_KUBECONFIG: the cluster that its EKS clusters hand out.
// Messages from the parent: { id, faults: [line…] }, { id, ask: "objects" | "calls" }. To it: { port }, { call }, { id, answer }.
require("../../support/environment.cjs");
const { start } = require("./cloudProcess");

void start(process.env.ACCOUNT_KUBECONFIG ?? "");

// The simulated account as a separate process, as a plugin is. ACCOUNT_KUBECONFIG: the kubeconfig that its EKS clusters return.
// Messages from the parent: { id, faults: [line…] }, { id, ask: "objects" | "calls" }. To it: { port }, { call }, { id, answer }.
require("../../support/environment.cjs");
const { start } = require("./cloudProcess");

void start(process.env.ACCOUNT_KUBECONFIG ?? "");

import assert from "node:assert/strict";
import type http from "node:http";
import Module from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { EnvironmentConfiguration } from "../../automation";
import type { Deployment, Deployments } from "../../examples/automation/deployments";
import { startAccount, type Account } from "./cloud/account";
import { automationOptions, automationPackage } from "./support/automated";
import { engineRun } from "./support/engineRun";
import { eventually } from "./support/eventually";

// Proves examples/automation on the real engine: what a client of the service sees from the first request to the end. The account is
// simulated.

const token = "service-token";

describe("the service of examples/automation", function () {
  this.timeout(240_000);
  let account: Account;
  let all: Deployments;
  let server: http.Server;
  let address: string;

  before(async () => {
    account = await startAccount(engineRun(), 300);
    const automation = automationPackage();
    // The example loads JavaScript, as the operations' processes do.
    const file = require.resolve("../../automation");
    require.cache[file] = Object.assign(new Module(file), { exports: automation, loaded: true });
    const { deployments } = await import("../../examples/automation/deployments");
    const { service } = await import("../../examples/automation/service");
    const variables = { PULUMI_DEBUG_PROVIDERS: account.debugProviders };
    const pool = automation.atMost(2);
    all = deployments((stackName, environment) => automation.automate(automationOptions(stackName, "dev", environment, variables), pool));
    server = service(all, token);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/deployments`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await all.close();
  });

  async function ask(method: string, url: string, body?: object): Promise<Deployment> {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${method} ${url}: ${response.status}`);
    return (await response.json()) as Deployment;
  }
  const create = (stackName: string, environment: EnvironmentConfiguration = {}) =>
    ask("POST", address, {
      stackName,
      environment: {
        ...{ apiKey: "sk-example-0123456789", cluster: { publicAccessCidrs: ["100.20.30.40/32"] } },
        ...{ platform: { chartRepository: path.join(__dirname, "charts") }, ...environment },
      },
    });
  const find = (id: string) => ask("GET", `${address}/${id}`);

  /** Every answer until then. */
  async function until(id: string, ...states: Deployment["state"][]): Promise<Deployment[]> {
    const seen: Deployment[] = [];
    await eventually(states.join(" or "), 200, async () => {
      seen.push(await find(id));
      return states.includes(seen.at(-1)!.state);
    });
    return seen;
  }

  it("creates a deployment, reports its progress, and returns its endpoint", async () => {
    const { id, state } = await create("tenant");
    assert.equal(state, "deploying");
    const seen = await until(id, "ready", "failed");
    const percents = seen.flatMap(({ progress }) => (progress ? [progress.percent] : []));
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    );
    // Expect nothing, some, then all: the account is so much faster than the catalog that most of the progress is never seen.
    assert.ok(new Set(percents).size >= 3, percents.join());
    assert.equal(percents.at(-1), 100);
    const { state: end, outputs, error } = seen.at(-1)!;
    assert.equal(end, "ready", JSON.stringify(error));
    assert.match(String(outputs?.endpoint), /^http:\/\/internal-/);
    await ask("DELETE", `${address}/${id}`);
    assert.equal((await until(id, "destroyed", "failed")).at(-1)!.state, "destroyed");
    assert.deepEqual(await account.objects(), []);
  });

  it("says that AWS has no capacity, and destroys what it had created", async () => {
    await account.fail(["capacity p4d.24xlarge 0"]);
    const { id } = await create("unlucky");
    const { state, error } = (await until(id, "ready", "failed")).at(-1)!;
    assert.equal(state, "failed");
    assert.equal(error?.cause, "no-capacity");
    assert.ok(error.resources.includes("gpu-nodes"), error.resources.join());
    await account.fail([]);
    await ask("DELETE", `${address}/${id}`);
    assert.equal((await until(id, "destroyed", "failed")).at(-1)!.state, "destroyed");
    assert.deepEqual(await account.objects(), []);
  });

  it("stops a deployment that is destroyed before it is done, and leaves nothing behind", async () => {
    const { id } = await create("hasty");
    await eventually("a cluster", 100, async () =>
      Promise.resolve(account.calls.filter((call) => call === "create cluster-eksCluster").length === 3),
    );
    await ask("DELETE", `${address}/${id}`);
    assert.equal((await until(id, "destroyed", "failed")).at(-1)!.state, "destroyed");
    assert.deepEqual(await account.objects(), []);
  });
});

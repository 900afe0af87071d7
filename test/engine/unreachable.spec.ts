import assert from "node:assert/strict";
import type { Account } from "./cloud/account";
import { hasCondition } from "./support/controlPlane";
import { engineRun } from "./support/engineRun";
import { ownStack } from "./support/ownStack";
import type { PulumiStack } from "./support/pulumiCli";

// Proves what happens to a stack when its cluster's API cannot be reached: because an address is no longer among `publicAccessCidrs`, or
// because a VPN is down. The account is simulated; the API server is real, behind an address that can be shut.

describe("a cluster with an unreachable API", () => {
  let account: Account;
  let stack: PulumiStack;
  const namespace = "vllm-unreachable";
  const set = () => engineRun().api.get("leaderworkerset.x-k8s.io/v1/LeaderWorkerSet", "vllm", namespace);

  before(async () => {
    ({ account, stack } = await ownStack("unreachable", "dev"));
    stack.succeeded(await stack.up());
  });

  it("stops a change before Pulumi touches the set, and says why", async () => {
    await account.fail(["shut api-server"]);
    await stack.set({ "vllm-eks:engine.maxModelLen": "16384" });
    const { metadata } = await set();
    const { status, text } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(text, /unreachable/);
    assert.equal((await set()).metadata.resourceVersion, metadata.resourceVersion);
  });

  it("stops a destroy before anything is deleted, GPU nodes included, and names the variable that lets it go on", async () => {
    const before = (await account.objects()).length;
    const { status, text } = await stack.destroy();
    assert.notEqual(status, 0);
    assert.match(text, /configured Kubernetes cluster is unreachable.*PULUMI_K8S_DELETE_UNREACHABLE/);
    assert.equal((await account.objects()).length, before);
    assert.ok((await stack.resources()).some((urn) => urn.endsWith("::gpu-nodes")));
  });

  it("is complete again after the next up once it is reachable", async () => {
    await account.fail([]);
    stack.succeeded(await stack.up());
    assert.ok(hasCondition(await set(), "Available"));
    stack.succeeded(await stack.up("--expect-no-changes"));
  });

  it("is destroyed while unreachable when the provider is told not to ask it", async () => {
    await account.fail(["shut api-server"]);
    stack.succeeded(await stack.destroyUnreachable());
    assert.deepEqual(await account.objects(), []);
    assert.deepEqual(await stack.resources(), []);
  });
});

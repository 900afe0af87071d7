import assert from "node:assert/strict";
import fs from "node:fs";
import { apiKey } from "../support/environments";
import { only } from "../support/record";
import { forwardedPaths, unforwardedPaths } from "./rehearsal/enginePaths";
import { Group } from "./rehearsal/group";
import { probed } from "./rehearsal/kubelet";
import { forwarded, routed } from "./rehearsal/routes";
import { servingObjects, type ServingObjects } from "./rehearsal/servingObjects";

// Proves who gets an answer from a group of `dev`: the key of the program's Secret, through the pods' environment, guards every path that
// the load balancer forwards, and the load balancer forwards no unguarded path. The stand-in guards the paths that vLLM's documentation
// names; this spec evaluates the load balancer's rules itself. Nothing is proved about TLS, security groups or network policies.

const model = "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B";

describe("a group that serves", () => {
  let objects: ServingObjects;
  let group: Group;
  before(async () => {
    objects = await servingObjects();
    group = await (await Group.of(objects)).serve();
  });
  after(() => group?.end());

  const completion = (key?: string) =>
    group.ask({ path: "/v1/completions", method: "POST", key, body: { model, prompt: "a b c", max_tokens: 3 } });
  const startup = () => probed(group.leader, group.leader.container.startupProbe!);
  /** By the engine's own counter. */
  const completed = async () => {
    const { text } = await group.ask({ path: "/metrics" });
    return [...text.matchAll(/^vllm:request_success_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  it("answers requests with the Secret's key, and 401 without it, with another key, or with the beginning of the right one", async () => {
    const { status, text } = await completion(apiKey);
    assert.deepEqual(
      { status, text: (JSON.parse(text) as { choices: { text: string }[] }).choices[0]?.text.trim() },
      { status: 200, text: "a b c" },
    );
    for (const key of [undefined, "sk-other", apiKey.slice(0, -1)])
      for (const path of ["/v1/models", "/v1/completions", "/v1/chat/completions"]) {
        const refused = path === "/v1/models" ? group.ask({ path, key }) : group.ask({ path, key, method: "POST", body: { model } });
        assert.equal((await refused).status, 401, `${path} with ${key ?? "no key"}`);
      }
  });

  it("counts as started after exactly one completion, which the probe requests with the key", async () => {
    const before = await completed();
    assert.deepEqual(await startup(), { ok: true, output: "" });
    assert.equal(await completed(), before + 1);
  });

  it("does not count as started when the probe has no key", async () => {
    const { VLLM_API_KEY: key, ...others } = group.leader.environment;
    assert.equal(key, apiKey);
    const pod = Object.create(group.leader, {
      processEnvironment: { value: { ...group.leader.processEnvironment, ...others, VLLM_API_KEY: "" } },
    });
    const { ok, output } = await probed(pod, group.leader.container.startupProbe!);
    assert.deepEqual({ ok, output }, { ok: false, output: "completion refused: HTTP 401" });
  });

  it("does not show the key in a command line or log, and gives workers neither key nor server", async () => {
    for (const pod of [group.leader, group.worker]) {
      assert.equal(fs.readFileSync(`/proc/${pod.pid}/cmdline`, "utf8").includes(apiKey), false);
      assert.equal(pod.log.includes(apiKey), false);
    }
    assert.equal(Object.values(group.worker.environment).includes(apiKey), false);
    const { httpGet } = group.leader.container.readinessProbe!;
    const { ok, output } = await probed(group.worker, { httpGet: httpGet!, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1 });
    assert.equal(ok, false);
    assert.match(output, /ECONNREFUSED/);
  });

  it("answers the load balancer's health check without a key, on the port of the Service", async () => {
    const { healthCheck } = only(objects.recording, "aws:lb/targetGroup:TargetGroup").inputs as {
      healthCheck: { path: string; matcher: string };
    };
    assert.equal(String((await group.ask({ path: healthCheck.path })).status), healthCheck.matcher);
  });

  describe("behind the listener rules", () => {
    const openWithoutKey = async () => {
      const answers = await Promise.all(
        [...unforwardedPaths, ...forwardedPaths].map(async (path) => [path, (await group.ask({ path })).status] as const),
      );
      return answers.filter(([, status]) => status !== 401).map(([path]) => path);
    };

    it("forwards no path that the engine answers without a key, and all of the API", async () => {
      const open = await openWithoutKey();
      for (const path of ["/health", "/metrics", "/tokenize", "/invocations"]) assert.ok(open.includes(path), path);
      assert.deepEqual(
        open.filter((path) => forwarded(objects.recording, path.split("?")[0]!)),
        [],
      );
      assert.deepEqual(
        forwardedPaths.filter((path) => !forwarded(objects.recording, path)),
        [],
      );
    });

    it("routes the same in mode controller", async () => {
      const { recording } = await servingObjects("ingress.mode=controller");
      const open = await openWithoutKey();
      assert.deepEqual(
        open.filter((path) => routed(recording, path.split("?")[0]!)),
        [],
      );
      assert.deepEqual(
        forwardedPaths.filter((path) => !routed(recording, path)),
        [],
      );
    });
  });
});

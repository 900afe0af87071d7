import assert from "node:assert/strict";
import { checkKubernetesVersion } from "../../../sizing/versions";
import { imagePatchesEnd } from "../../../sizing/supportEnds";
import { readConfiguration } from "../../../plan/configuration";
import { resolveEnvironment } from "../../../stacks";
import { repository, resolve } from "../../support/environments";

// Proves when the warning comes, on the dates that AWS published. It does not prove that AWS keeps them.

describe("support that ends", () => {
  it("is a warning two days before the end of 1.34, which says what EKS does then and what to take", () => {
    const [found, ...others] = checkKubernetesVersion("1.34", "2026-11-30", true);
    assert.deepEqual(others, []);
    assert.deepEqual(found, {
      code: "support-ends",
      severity: "warning",
      path: "cluster.version",
      message:
        "Standard support of Kubernetes 1.34 ends on 2026-12-02, in 2 days. Then EKS upgrades the control plane by itself, and the nodes stay behind.",
      fix: "Create a new cluster with 1.35; upgrade one that exists one minor version at a time, towards 1.35, before that day (docs/operations.md).",
      changes: [{ path: "cluster.version", value: "1.35" }],
    });
  });

  it("begins 90 days before the last day, and gives way to the end itself", () => {
    const codes = (day: string, creating = true) => checkKubernetesVersion("1.34", day, creating).map(({ code }) => code);
    assert.deepEqual(codes("2026-09-02"), []);
    assert.deepEqual(codes("2026-09-03"), ["support-ends"]);
    assert.deepEqual(codes("2026-12-02"), ["support-ends"]);
    assert.deepEqual(codes("2026-12-03"), ["kubernetes-unsupported"]);
  });

  it("proposes nothing for a cluster of others, whose upgrade policy is theirs", () => {
    const [found] = checkKubernetesVersion("1.34", "2026-11-30", false);
    assert.match(found!.message, /or charges for extended support/);
    assert.deepEqual(found!.changes, []);
  });

  it("is said of images that AWS does not patch: of Ubuntu, and of releases before the newest", () => {
    const said = (tag: string, day = "2026-11-30") =>
      imagePatchesEnd(`763104351884.dkr.ecr.us-west-2.amazonaws.com/vllm:${tag}`, day, false).map(({ message }) => message);
    const since = (tag: string, day: string) => [`AWS has promised no security patches for ${tag} since ${day}.`];
    for (const tag of ["0.28.0-gpu-py312-cu130-ubuntu24.04-ec2", "0.30.0-gpu-py312-cu130-ubuntu24.04-sagemaker-v1.4"])
      assert.deepEqual(said(tag), since(tag, "2026-04-28"));
    assert.deepEqual(said("server-cuda-v2.3"), since("server-cuda-v2.3", "2026-08-25"));
    assert.deepEqual(said("server-cuda-v1.4"), since("server-cuda-v1.4", "2026-06-05"));
    assert.deepEqual(said("server-cuda-v2.3", "2026-08-01"), ["AWS promises no security patches for server-cuda-v2.3 from 2026-08-25."]);
    assert.deepEqual(said("server-cuda-v2.4"), []);
    assert.deepEqual(imagePatchesEnd("docker.io/vllm/vllm-openai:v0.27.1", "2026-11-30", false), []);
  });

  it("of an image that comes from older defaults is ended by the newest", () => {
    const brief = (...settings: string[]) =>
      resolve("dev", ...settings)
        .problems.filter(({ code }) => code === "support-ends")
        .map(({ path, changes }) => ({ path, changes }));
    assert.deepEqual(brief(), []);
    assert.deepEqual(brief("defaults=2026-08"), [{ path: "defaults", changes: [{ path: "defaults", value: "2026-11" }] }]);
    assert.deepEqual(brief("engine.image=x/vllm:0.28.0-gpu-py312-cu130-ubuntu24.04-ec2"), [{ path: "engine.image", changes: [] }]);
  });

  it("is said of a stack that keeps its older defaults", () => {
    const input = { stack: "dev", today: "2026-11-30", ...readConfiguration({ directory: repository, stack: "dev" }) };
    const { problems, environment } = resolveEnvironment({ ...input, madeWith: "2026-08" });
    assert.equal(environment?.defaults.name, "2026-08");
    assert.ok(problems.some(({ code, path }) => code === "support-ends" && path === "defaults"));
  });
});

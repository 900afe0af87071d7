import assert from "node:assert/strict";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directCommand, launchCommand, launchScript } from "../../../components/vllmLeaderWorkerSet/launchScript";

// Runs the script as a process, with stand-ins for getent and vllm on the PATH. Does not prove that cluster DNS answers or that
// vLLM starts.
describe("the launch script of a group of several nodes", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "launch-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const command = (name: string, body: string) => {
    writeFileSync(join(folder, name), `#!/bin/bash\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  };

  const start = (args: string[]): ChildProcessWithoutNullStreams =>
    spawn(launchCommand[0]!, [...launchCommand.slice(1), ...args], {
      env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder, LWS_LEADER_ADDRESS: "vllm-0.vllm.inference" },
    });

  const finished = (child: ChildProcessWithoutNullStreams) =>
    new Promise<{ code: number | null; stdout: string }>((resolve) => {
      let stdout = "";
      child.stdout.on("data", (chunk) => (stdout += String(chunk)));
      child.on("close", (code) => resolve({ code, stdout }));
    });

  it("passes every argument unchanged to vllm serve and adds the leader's address", async () => {
    command("getent", `[ "$*" = "hosts vllm-0.vllm.inference" ] && echo "10.0.1.17   vllm-0.vllm.inference.svc.cluster.local"`);
    command("vllm", `printf '<%s>' "$@"`);
    const { code, stdout } = await finished(start(["/models/a b", "--served-model-name", "$(rm -rf x); `id` *"]));
    assert.equal(code, 0);
    assert.equal(stdout, "<serve></models/a b><--served-model-name><$(rm -rf x); `id` *><--master-addr><10.0.1.17>");
    assert.equal(readFileSync(join(folder, "vllm-eks-leader"), "utf8"), "10.0.1.17\n");
  });

  it("accepts an IPv6 address too", async () => {
    command("getent", `echo "fd00:10::17 vllm-0.vllm.inference"`);
    command("vllm", `echo "$@"`);
    assert.equal((await finished(start(["m"]))).stdout, "serve m --master-addr fd00:10::17\n");
  });

  it("waits while the leader has no address, instead of failing, and never starts vllm with an empty one", async () => {
    const calls = join(folder, "calls");
    // First an error, then an empty answer, then an address.
    command("getent", `echo x >> ${calls}; case $(wc -l < ${calls}) in 1) exit 2;; 2) exit 0;; *) echo "10.0.1.18 leader";; esac`);
    command("vllm", `echo "$@"`);
    const { code, stdout } = await finished(start(["m"]));
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "serve m --master-addr 10.0.1.18\n" });
    assert.equal(readFileSync(calls, "utf8").trim().split("\n").length, 3);
  });

  it("ends within two seconds of SIGTERM while it waits", async () => {
    command("getent", "exit 2");
    const child = start(["m"]);
    const end = finished(child);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = Date.now();
    child.kill("SIGTERM");
    assert.equal((await end).code, 143);
    assert.ok(Date.now() - sent < 2000);
  });

  it("becomes vllm: vllm itself gets SIGTERM, and its exit code is that of the pod", async () => {
    command("getent", `echo "10.0.1.17 leader"`);
    command("vllm", `trap 'echo drained; exit 7' TERM; echo "pid $$"; while :; do sleep 0.1; done`);
    const child = start(["m"]);
    const end = finished(child);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGTERM");
    const { code, stdout } = await end;
    assert.deepEqual({ code, stdout }, { code: 7, stdout: `pid ${child.pid}\ndrained\n` });
  });

  it("contains nothing that Kubernetes would expand in a container's command: $(NAME) or $$", () => {
    assert.doesNotMatch(launchScript, /\$\(|\$\$/);
  });

  it("is a constant text without values of the user, and does not start Ray", () => {
    assert.deepEqual(launchCommand, ["/bin/bash", "-c", launchScript, "launch-vllm"]);
    assert.doesNotMatch(launchScript, /\bray\b|eval/);
    assert.deepEqual(directCommand, ["vllm", "serve"]);
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dryRun, writeManifests } from "../../plan";
import { loopbackAws, queryError, withAwsEnvironment } from "../unit/preflight/loopbackAws";
import { run } from "./commandLine";

// Plants secrets in every place of a command and of a program, marked as secret and not, and looks at everything that is printed or
// written. What the engine and a cluster store is looked at in the engine lane.

const planted = "PLANTED-0815";
const forms = [planted, Buffer.from(planted).toString("base64")];
const hits = (text: string) => forms.filter((form) => text.includes(form));

describe("planted secrets", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "planted-"));
  after(() => fs.rmSync(folder, { recursive: true }));

  const settings = [
    `apiKey=${planted}-0123456789`,
    `huggingFaceToken=hf_${planted}`,
    `aws:token=${planted}`,
    `cluster.kubeconfig.token=${planted}`,
  ];
  const more = [`platform.chartRepository=oci://u:${planted}@mirror`, `engine.extraArguments=["--api-key","${planted}"]`, `nodeCount=1`];
  const refused = [...settings, ...more, `noSuchKey.password=${planted}`].flatMap((setting) => ["--set", setting]);
  const url = `https://user:${planted}@huggingface.co/x`;
  const commands: string[][] = [
    ["plan", ...refused],
    ["plan", "--json", "--resources", ...refused],
    ["plan", "--resources", "--set", settings[0]!, "--set", settings[1]!, "--manifests", path.join(folder, "plan")],
    ["plan", "--json", "--set", settings[0]!, "--set", "nodeCount=1"],
    ["plan", "--set", `apiKey.x=${planted}`, "--set", "nodeCount=1"],
    ["plan", "--set", `apiKey:${planted}`],
    ["fit", "--model", url],
    ["fit", "--model", url, "--json"],
    ["fit", "--model-config", url],
  ];
  for (const argv of commands) {
    it(`are not printed by ${argv.join(" ").slice(0, 60)}`, async () => {
      const { out, err } = await run(...argv);
      assert.notEqual(out + err, "");
      assert.deepEqual(hits(out + err), [], out + err);
    });
  }

  it("are not in the manifests that a plan writes", async () => {
    const directory = path.join(folder, "manifests");
    await run("plan", "--set", settings[0]!, "--set", settings[1]!, "--manifests", directory);
    const written = fs.readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
    assert.ok(written.length >= 10, written.join(" "));
    for (const file of written) assert.deepEqual(hits(fs.readFileSync(path.join(directory, file), "utf8")), [], file);
  });

  it("are not printed by plan --live, although AWS repeats them in what it answers", async () => {
    const refusal = `refused ${planted} ${forms[1]!}`;
    const server = await loopbackAws(({ target }) =>
      target ? { status: 403, body: JSON.stringify({ __type: "AccessDenied", message: refusal }) } : queryError("AccessDenied", refusal),
    );
    const noFiles = { AWS_CONFIG_FILE: "/nonexistent", AWS_SHARED_CREDENTIALS_FILE: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true" };
    const keys = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: planted, AWS_SESSION_TOKEN: planted };
    const putBack = withAwsEnvironment({ AWS_ENDPOINT_URL: server.url, ...noFiles, ...keys });
    const given = ["cluster.publicAccessCidrs[0]=0.0.0.0/0", settings[0]!, settings[1]!];
    const live = ["--live", ...given.flatMap((setting) => ["--set", setting])];
    try {
      for (const form of [[], ["--json"]]) {
        const { out, err } = await run("plan", ...form, ...live);
        assert.match(out, /refused/);
        assert.deepEqual(hits(out + err), [], out + err);
      }
      assert.ok(server.requests.length >= 5, String(server.requests.length));
    } finally {
      putBack();
      await server.close();
    }
  });

  it("are not in the resources, outputs and manifests of a dry run of any program, marked as secret or not", async () => {
    const kubeconfig = JSON.stringify({ users: [{ name: "u", user: { token: planted } }] });
    const program = () => {
      const proxy = `http://u:${planted}@proxy`;
      new aws.Provider("aws", { region: "us-west-2", secretKey: planted, token: planted, httpsProxy: proxy });
      const provider = new k8s.Provider("kubernetes", { kubeconfig });
      const options = { provider };
      new k8s.core.v1.Secret("plain", { metadata: { name: "plain" }, stringData: { key: planted } }, options);
      new k8s.core.v1.Secret("marked", { metadata: { name: "marked" }, data: { key: pulumi.secret(forms[1]!) } }, options);
      const env = [{ name: "VLLM_API_KEY", value: planted }];
      const spec = { containers: [{ name: "c", env, args: ["serve", "--api-key", planted] }] };
      new k8s.core.v1.Pod("pod", { metadata: { name: "pod" }, spec }, options);
      return { kubeconfig, proxy, key: pulumi.secret(planted) };
    };
    const { resources, outputs, recording } = await dryRun(program);
    assert.ok(resources.length >= 5);
    assert.deepEqual(hits(JSON.stringify({ resources, outputs })), []);
    const directory = path.join(folder, "own");
    const files = writeManifests(recording.resources, directory);
    assert.ok(files.length >= 3);
    for (const file of files) assert.deepEqual(hits(fs.readFileSync(path.join(directory, file), "utf8")), [], file);
  });
});

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root, run, type Ran } from "./commandLine";

// Proves that a plan refuses a secret that cannot work, and prints none, wherever it was written. No value reaches a plan from Pulumi.

const key = "sk-planted-0815-4711";
const kubeconfig = (user: string) =>
  `apiVersion: v1\nkind: Config\ncurrent-context: x\nclusters: [{name: c, cluster: {server: "https://host"}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\nusers:\n- name: u\n  user: {${user}}\n`;

/** Runs a command with `Pulumi.dev.yaml` of these lines under `config`. */
async function inFolder(config: object, ...argv: string[]): Promise<Ran> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "secrets-"));
  try {
    fs.copyFileSync(path.join(root, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: { "aws:region": "us-west-2", ...config } }));
    return await run("plan", "--directory", folder, ...argv);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
interface Found {
  verdict: string;
  problems: { code: string; severity: string; path: string }[];
}
const problemsOf = ({ out }: Ran) => {
  const { verdict, problems } = JSON.parse(out) as Found;
  return {
    verdict,
    found: problems.filter(({ code }) => code.startsWith("secret-")).map(({ code, severity, path: at }) => `${severity} ${code} ${at}`),
  };
};

describe("a secret after --set", () => {
  const open = [
    "--set",
    "ingress.scheme=internet-facing",
    "--set",
    'ingress.inboundCidrs=["0.0.0.0/0"]',
    "--set",
    "ingress.hostname=llm.acme.dev",
  ];
  const public_ = [...open, "--set", "ingress.hostedZoneId=Z0123456789ABC", "--set", "cluster.publicAccessCidrs=[]"];

  for (const [what, value] of [
    ["empty", ""],
    ["blank", "   "],
    ["empty as JSON", '""'],
    ["two lines", `${key}\n${key}`],
    ["followed by CR", `${key}\r`],
  ] as const) {
    it(`does not make an endpoint protected when it is ${what}`, async () => {
      const ran = await run("plan", "--json", "--set", `apiKey=${value}`, ...public_);
      assert.equal(ran.code, 2);
      assert.deepEqual(problemsOf(ran), { verdict: "refused", found: ["error secret-unusable apiKey"] });
      assert.ok(!ran.out.includes(key));
    });
  }

  it("makes it protected when it is a key, and only warns when it is short", async () => {
    assert.deepEqual(problemsOf(await run("plan", "--json", "--set", `apiKey=${key}`, ...public_)), { verdict: "deployable", found: [] });
    const short = problemsOf(await run("plan", "--json", "--set", "apiKey=hunter2", ...public_));
    assert.deepEqual(short, { verdict: "deployable", found: ["warning secret-unusable apiKey"] });
  });

  it("is masked in the follow-up commands, which still work", async () => {
    const { out } = await run(
      "plan",
      "--set",
      `apiKey=${key}`,
      "--set",
      "huggingFaceToken=hf",
      "--set",
      "nodeCount=1",
      "--set",
      `apikey=${key}`,
    );
    assert.ok(!out.includes(key), out);
    assert.match(out, /--set 'apiKey=\[secret\]'\s.*--set 'huggingFaceToken=\[secret\]'/s);
    assert.match(out, /--set 'apikey=\[secret\]'/);
    assert.deepEqual(problemsOf(await run("plan", "--json", "--set", "apiKey=[secret]")), { verdict: "deployable", found: [] });
  });

  it("is not repeated when the setting is malformed", async () => {
    for (const setting of [`apiKey ${key}`, `apiKey:${key}`, `apiKey.x[y]=${key}`, `apiKey[3]=${key}`]) {
      const { out, err } = await run("plan", "--set", setting);
      assert.ok(!(out + err).includes(key), out + err);
    }
  });
});

describe("credentials in clear text in a stack file", () => {
  const planted = "PLANTED";
  const cases: [what: string, config: object, at: string][] = [
    [
      "a token in the kubeconfig, even of one letter",
      { "vllm-eks:cluster": { name: "shared", kubeconfig: kubeconfig("token: T") } },
      "cluster.kubeconfig",
    ],
    [
      "a private key in the kubeconfig",
      { "vllm-eks:cluster": { name: "shared", kubeconfig: kubeconfig(`client-key-data: ${planted}`) } },
      "cluster.kubeconfig",
    ],
    [
      "a kubeconfig in JSON inside text",
      { "vllm-eks:cluster": JSON.stringify({ name: "shared", kubeconfig: kubeconfig(`password: ${planted}`) }) },
      "cluster.kubeconfig",
    ],
    ["aws:secretKey", { "aws:accessKey": "AKIAIOSFODNN7EXAMPLE", "aws:secretKey": planted }, "aws:secretKey"],
    ["aws:token", { "aws:token": planted }, "aws:token"],
    [
      "a token inside aws:assumeRoleWithWebIdentity",
      { "aws:assumeRoleWithWebIdentity": { webIdentityToken: planted } },
      "aws:assumeRoleWithWebIdentity.webIdentityToken",
    ],
    ["a proxy with a password", { "aws:httpsProxy": `http://user:${planted}@proxy:3128` }, "aws:httpsProxy"],
    [
      "a mirror with a password",
      { "vllm-eks:platform": { chartRepository: `oci://user:${planted}@mirror/charts` } },
      "platform.chartRepository",
    ],
  ];
  for (const [what, config, at] of cases) {
    it(`are refused and not printed: ${what}`, async () => {
      const json = await inFolder(config, "--json", "--resources");
      assert.equal(json.code, 2, json.out);
      assert.ok(problemsOf(json).found.includes(`error secret-in-clear-text ${at}`), json.out);
      const text = await inFolder(config, "--resources", "--set", "nodeCount=1");
      for (const { out, err } of [json, text]) assert.doesNotMatch(out + err, /PLANTED|token: T\b/);
    });
  }

  it("are accepted when they are encrypted, and the cluster is still planned", async () => {
    const adopted = { vpcId: "vpc-0123456789abcdef0", nodeSubnetId: "subnet-0123456789abcdef0", loadBalancerCidrs: ["10.0.1.0/24"] };
    const network = { ...adopted, loadBalancerSubnetIds: ["subnet-0123456789abcdef1", "subnet-0123456789abcdef2"] };
    const secure = { secure: "v1:abc:def" };
    const config = {
      "vllm-eks:cluster": { name: "shared", kubeconfig: secure },
      "vllm-eks:network": network,
      "aws:accessKey": "AKIAIOSFODNN7EXAMPLE",
      "aws:secretKey": secure,
    };
    const ran = await inFolder({ ...config, "vllm-eks:availabilityZone": "us-west-2b" }, "--json");
    assert.deepEqual(problemsOf(ran), { verdict: "deployable", found: [] }, ran.out.slice(0, 3000));
  });

  it("are not seen in the path of a kubeconfig, or in one that fetches its token", async () => {
    for (const text of ["~/.kube/config", kubeconfig("exec: {command: aws, args: [eks, get-token]}")])
      assert.deepEqual(problemsOf(await inFolder({ "vllm-eks:cluster": { name: "shared", kubeconfig: text } }, "--json")).found, []);
  });
});

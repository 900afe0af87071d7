import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { environmentOf, adoptedSettings } from "../../support/environments";
import type { AccountApi } from "../../../preflight/account/account";
import { ClusterUnreachable } from "../../../preflight/cluster/clusterErrors";
import { clusterOf } from "../../../preflight/cluster/clusterOf";
import { kubeconfigCluster } from "../../../preflight/cluster/kubeconfigCluster";
import { authority, clientCertificate, clientKey } from "./clusterCertificates";
import { base64, clusterServer, json, kubeconfigText, type ClusterServer } from "./clusterServer";

// Proves how credentials come from a program, with programs that this file writes, but not that the AWS CLI answers like them.

const v1beta1 = "client.authentication.k8s.io/v1beta1";
const credential = (status: object, apiVersion = v1beta1) => JSON.stringify({ kind: "ExecCredential", apiVersion, spec: {}, status });

describe("credentials from a program", () => {
  let server: ClusterServer;
  let folder: string;
  const { PATH } = process.env;

  beforeEach(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-exec-"));
    server = await clusterServer();
    server.answers["/version"] = json({ major: "1", minor: "35" });
    process.env.PATH = `${folder}${path.delimiter}${PATH ?? ""}`;
  });
  afterEach(async () => {
    process.env.PATH = PATH;
    fs.rmSync(folder, { recursive: true });
    await server.close();
  });

  /** Records its arguments and the given environment, one line per run, and prints the answer. */
  function program(name: string, answer: string, ending = ""): void {
    fs.writeFileSync(path.join(folder, "answer"), answer);
    const script = `#!/bin/sh\necho "$* $PROFILE $KUBERNETES_EXEC_INFO" >> ${folder}/runs\ncat ${folder}/answer\n${ending}\n`;
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  }
  const runs = () => fs.readFileSync(path.join(folder, "runs"), "utf8").trimEnd().split("\n");
  const cluster = (exec: object) =>
    kubeconfigCluster(async () => kubeconfigText(server.url, { exec: { apiVersion: v1beta1, command: "get-credential", ...exec } }));

  it("gets its arguments and environment, and is run once for all requests", async () => {
    program("get-credential", credential({ token: "token-1" }));
    const api = cluster({ args: ["token", "--cluster", "shared"], env: [{ name: "PROFILE", value: "ops" }] });
    await Promise.all([api.get("/version"), api.get("/api/v1/nodes"), api.get("/version")]);
    const information = JSON.stringify({ kind: "ExecCredential", apiVersion: v1beta1, spec: { interactive: false } });
    assert.deepEqual(runs(), [`token --cluster shared ops ${information}`]);
    assert.deepEqual(new Set(server.requests.map(({ authorization }) => authorization)), new Set(["Bearer token-1"]));
  });

  it("may be a client certificate, in version v1 too", async () => {
    const apiVersion = "client.authentication.k8s.io/v1";
    program("get-credential", credential({ clientCertificateData: clientCertificate, clientKeyData: clientKey }, apiVersion));
    await cluster({ apiVersion, interactiveMode: "IfAvailable", provideClusterInfo: false }).get("/version");
    assert.deepEqual(server.requests, [{ path: "/version", authorization: undefined, certificateOf: "tester" }]);
  });

  for (const [title, answer, ending, message] of [
    [
      "fails, with its message",
      credential({ token: "secret-1" }),
      'echo "Unable to locate credentials" >&2; exit 255',
      "no token: get-credential: Unable to locate credentials",
    ],
    ["prints no credential", "<html>secret-1</html>", "", "get-credential printed no ExecCredential with a token or a certificate"],
    ["prints a credential without a token", credential({}), "", "get-credential printed no ExecCredential with a token or a certificate"],
    [
      "answers in another version",
      credential({ token: "secret-1" }, "client.authentication.k8s.io/v1alpha1"),
      "",
      `get-credential answered in client.authentication.k8s.io/v1alpha1, but the kubeconfig says ${v1beta1}`,
    ],
  ] as const)
    it(`are missing when the program ${title}`, async () => {
      program("get-credential", answer, ending);
      await assert.rejects(cluster({}).get("/version"), (error) => {
        assert.ok(error instanceof ClusterUnreachable);
        assert.deepEqual([error.obstacle, error.message], ["credentials", message]);
        return true;
      });
      assert.deepEqual(server.requests, []);
    });

  it("are missing when there is no such program", async () => {
    await assert.rejects(
      cluster({ command: "aws-iam-authenticator-4711" }).get("/version"),
      (error) =>
        error instanceof ClusterUnreachable && error.message === "aws-iam-authenticator-4711, which fetches the token, is not on PATH",
    );
  });

  for (const [named, exec] of [
    ["not client.authentication.k8s.io/v1alpha1", { apiVersion: "client.authentication.k8s.io/v1alpha1" }],
    ["provideClusterInfo", { provideClusterInfo: true }],
    ["no terminal", { interactiveMode: "Always" }],
  ] as const)
    it(`are not requested when the kubeconfig needs what the preflight does not support: ${named}`, async () => {
      await assert.rejects(cluster(exec).get("/version"), (error) => {
        assert.ok(error instanceof Error && !(error instanceof ClusterUnreachable));
        assert.ok(error.message.includes(named), error.message);
        return true;
      });
    });

  describe("of the cluster of an environment", () => {
    const asked: unknown[] = [];
    const account: AccountApi = {
      call: async (name, input) => {
        asked.push([name, input]);
        return { cluster: { name: "shared", endpoint: server.url, certificateAuthority: { data: base64(authority) } } } as never;
      },
    };
    const of = (...settings: string[]) => clusterOf(environmentOf("dev", ...adoptedSettings, ...settings).aws!, account);
    beforeEach(() => asked.splice(0));

    it("are not requested for a cluster that does not exist yet", () => {
      assert.equal(clusterOf(environmentOf("dev").aws!, account), undefined);
      assert.deepEqual(asked, []);
    });

    it("come from aws eks get-token, as for the program, if only its name is known", async () => {
      program("aws", credential({ token: "k8s-aws-v1.token" }));
      const api = of("cluster.accessRoleArn=arn:aws:iam::111122223333:role/deployer");
      await Promise.all([api?.get("/version"), api?.get("/api/v1/nodes")]);
      assert.deepEqual(asked, [["eks:DescribeCluster", { name: "shared" }]]);
      const [run = "", ...more] = runs();
      assert.deepEqual(more, []);
      assert.ok(
        run.startsWith(
          "--region us-west-2 eks get-token --cluster-name shared --output json --role-arn arn:aws:iam::111122223333:role/deployer ",
        ),
        run,
      );
      assert.equal(server.requests[0]?.authorization, "Bearer k8s-aws-v1.token");
    });

    it("come from the kubeconfig in the setting, a text or a path", async () => {
      const text = kubeconfigText(server.url, { token: "of the text" });
      fs.writeFileSync(path.join(folder, "config"), kubeconfigText(server.url, { token: "of the file" }));
      // In clear text a stack's file may not hold it; Pulumi gives the decrypted text.
      const aws = environmentOf("dev", ...adoptedSettings).aws!;
      if (aws.cluster.kind === "adopt") aws.cluster.kubeconfig = text;
      await clusterOf(aws, account)?.get("/version");
      await of(`cluster.kubeconfig=${path.join(folder, "config")}`)?.get("/version");
      assert.deepEqual(
        server.requests.map(({ authorization }) => authorization),
        ["Bearer of the text", "Bearer of the file"],
      );
      assert.deepEqual(asked, []);
    });

    it("are not requested while EKS creates the cluster", async () => {
      const creating: AccountApi = { call: async () => ({ cluster: { name: "shared", status: "CREATING" } }) as never };
      const api = clusterOf(environmentOf("dev", ...adoptedSettings).aws!, creating);
      await assert.rejects(api!.get("/version"), { message: "the cluster shared has no endpoint yet: its status is CREATING" });
    });
  });
});

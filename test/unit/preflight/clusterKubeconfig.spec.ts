import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ClusterRefusal, ClusterUnreachable } from "../../../preflight/cluster/clusterErrors";
import { kubeconfigCluster } from "../../../preflight/cluster/kubeconfigCluster";
import { authority, clientCertificate, clientKey, otherAuthority } from "./clusterCertificates";
import { base64, clusterServer, json, kubeconfigText, refusal, type ClusterServer } from "./clusterServer";

// Proves how a kubeconfig becomes requests, against a server on loopback. Only the engine lane shows that a real API server accepts them.

const nodes = { kind: "NodeList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] };

describe("a Kubernetes API by kubeconfig", () => {
  let server: ClusterServer;
  let folder: string;

  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "vllm-eks-kubeconfig-"))));
  after(() => fs.rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    server = await clusterServer();
    server.answers["/api/v1/nodes"] = json(nodes);
  });
  afterEach(() => server.close());

  const cluster = (user: object, of?: object, limitMilliseconds = 2000) =>
    kubeconfigCluster(async () => kubeconfigText(server.url, user, of), { limitMilliseconds });
  const file = (name: string, text: string) => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };

  it("sends the token and returns the answer", async () => {
    assert.deepEqual(await cluster({ token: "token-1" }).get("/api/v1/nodes"), nodes);
    assert.deepEqual(server.requests, [{ path: "/api/v1/nodes", authorization: "Bearer token-1", certificateOf: undefined }]);
  });

  it("sends a token that the text adds by a merge key, as kubectl does", async () => {
    const text = kubeconfigText(server.url, {}).replace('"user":{}', '"user":{<<: {"token": "token-1"}}');
    await kubeconfigCluster(() => Promise.resolve(text), { limitMilliseconds: 2000 }).get("/api/v1/nodes");
    assert.deepEqual(
      server.requests.map(({ authorization }) => authorization),
      ["Bearer token-1"],
    );
  });

  it("returns undefined for what does not exist", async () => {
    assert.equal(await cluster({ token: "token-1" }).get("/apis/storage.k8s.io/v1/csidrivers/fsx.csi.aws.com"), undefined);
  });

  it("reads token, authority and client certificate from files", async () => {
    const ca = { "certificate-authority": file("ca.crt", authority) };
    await cluster({ tokenFile: file("token", "token-2\n") }, ca).get("/api/v1/nodes");
    const user = { "client-certificate": file("client.crt", clientCertificate), "client-key": file("client.key", clientKey) };
    await cluster(user, ca).get("/api/v1/nodes");
    assert.deepEqual(
      server.requests.map(({ authorization, certificateOf }) => [authorization, certificateOf]),
      [
        ["Bearer token-2", undefined],
        [undefined, "tester"],
      ],
    );
  });

  it("sends the client certificate of the text and no token", async () => {
    await cluster({ "client-certificate-data": base64(clientCertificate), "client-key-data": base64(clientKey) }).get("/api/v1/nodes");
    assert.deepEqual(server.requests, [{ path: "/api/v1/nodes", authorization: undefined, certificateOf: "tester" }]);
  });

  it("asks every path once, however many checks need it", async () => {
    const api = cluster({ token: "token-1" });
    await Promise.all([api.get("/api/v1/nodes"), api.get("/api/v1/nodes"), api.get("/version")]);
    assert.deepEqual(server.requests.map((each) => each.path).sort(), ["/api/v1/nodes", "/version"]);
  });

  it("keeps the path of the server's address", async () => {
    server.answers["/k8s/clusters/c-1/api/v1/nodes"] = json(nodes);
    const text = kubeconfigText(`${server.url}/k8s/clusters/c-1/`, { token: "t" });
    assert.deepEqual(await kubeconfigCluster(async () => text).get("/api/v1/nodes"), nodes);
    assert.equal(server.requests[0]?.path, "/k8s/clusters/c-1/api/v1/nodes");
  });

  it("uses another context when it is set", async () => {
    const config = JSON.parse(kubeconfigText(server.url, { token: "of main" })) as { users: object[]; contexts: object[] };
    config.users.push({ name: "reader", user: { token: "of reading" } });
    config.contexts.push({ name: "reading", context: { cluster: "shared", user: "reader" } });
    await kubeconfigCluster(async () => JSON.stringify(config), { context: "reading" }).get("/api/v1/nodes");
    assert.equal(server.requests[0]?.authorization, "Bearer of reading");
  });

  describe("with a certificate that is not the cluster's", () => {
    it("gets no request, and no token", async () => {
      const api = cluster({ token: "token-1" }, { "certificate-authority-data": base64(otherAuthority) });
      await assert.rejects(api.get("/api/v1/nodes"), ClusterUnreachable);
      assert.deepEqual(server.requests, []);
    });

    it("is asked when the kubeconfig skips the certificate check", async () => {
      assert.deepEqual(await cluster({ token: "token-1" }, { "insecure-skip-tls-verify": true }).get("/api/v1/nodes"), nodes);
    });

    it("is checked against tls-server-name if it is set", async () => {
      const named = (name: string) =>
        cluster({ token: "t" }, { "certificate-authority-data": base64(authority), "tls-server-name": name }).get("/api/v1/nodes");
      assert.deepEqual(await named("localhost"), nodes);
      await assert.rejects(named("kubernetes.example"), /does not match certificate's altnames/);
    });
  });

  describe("that refuses", () => {
    const forbidden = 'nodes is forbidden: User "deployer" cannot list resource "nodes" in API group "" at the cluster scope';

    it("is quoted", async () => {
      server.answers["/api/v1/nodes"] = refusal(403, "Forbidden", forbidden);
      await assert.rejects(cluster({ token: "t" }).get("/api/v1/nodes"), (error) => {
        assert.ok(error instanceof ClusterRefusal);
        assert.deepEqual([error.status, error.name, error.message], [403, "Forbidden", forbidden]);
        return true;
      });
    });

    it("is quoted when it answers in plain text", async () => {
      server.answers["/api/v1/nodes"] = { status: 503, body: "upstream connect error" };
      await assert.rejects(cluster({ token: "t" }).get("/api/v1/nodes"), { name: "Status 503", message: "upstream connect error" });
    });

    it("is not a Kubernetes API when its answer is not JSON", async () => {
      server.answers["/api/v1/nodes"] = { status: 200, body: "<html>Welcome to the guest network</html>" };
      await assert.rejects(cluster({ token: "t" }).get("/api/v1/nodes"), /the answer is not JSON; the server is not a Kubernetes API/);
    });

    it("is late and not unreachable when it accepts the connection and does not answer", async () => {
      server.answers["/api/v1/nodes"] = "silent";
      await assert.rejects(cluster({ token: "t" }, undefined, 200).get("/api/v1/nodes"), (error) => {
        assert.ok(error instanceof Error && !(error instanceof ClusterUnreachable));
        assert.equal(error.message, "GET /api/v1/nodes: no answer in 0.2 s");
        return true;
      });
    });

    it("is unreachable when nothing accepts the connection", async () => {
      const text = kubeconfigText("https://127.0.0.1:1", { token: "t" });
      await assert.rejects(
        kubeconfigCluster(async () => text).get("/version"),
        (error) =>
          error instanceof ClusterUnreachable && error.obstacle === "connection" && error.message === "connect ECONNREFUSED 127.0.0.1:1",
      );
    });
  });

  describe("with a mistake in its kubeconfig", () => {
    const rejected = (text: string, context?: string) => kubeconfigCluster(async () => text, context ? { context } : {}).get("/version");

    for (const [title, text, context, message] of [
      ["no context", '{"clusters": []}', undefined, "the kubeconfig has no current-context, and no context is set"],
      ["no such context", kubeconfigText("https://127.0.0.1:1", {}), "prod", 'the kubeconfig has no context named "prod"'],
      ["no address", kubeconfigText("cluster", {}), undefined, 'the kubeconfig has no server address: "cluster"'],
      [
        "a path that is not there",
        "/home/me/.kube/config",
        undefined,
        "the kubeconfig is neither the YAML or JSON of a kubeconfig nor the path of such a file",
      ],
      [
        "a missing file",
        kubeconfigText("https://127.0.0.1:1", { tokenFile: "/none" }),
        undefined,
        "the kubeconfig names /none as tokenFile, but that file cannot be read",
      ],
    ] as const)
      it(`is unreachable with ${title}`, async () => {
        await assert.rejects(
          rejected(text, context),
          (error) => error instanceof ClusterUnreachable && error.obstacle === "kubeconfig" && error.message === message,
        );
      });

    it("is reported without a line of the kubeconfig, which may contain a credential", async () => {
      await assert.rejects(rejected("users:\n- token: secret-1\n  'broken"), (error) => !String(error).includes("secret-1"));
    });

    for (const [field, where, value] of [
      ["proxy-url", "cluster", "http://proxy:3128"],
      ["auth-provider", "user", { name: "oidc" }],
      ["as", "user", "admin"],
      ["as-groups", "user", ["system:masters"]],
      ["username", "user", "admin"],
    ] as const)
      it(`is not asked with ${field}, and the reason names it`, async () => {
        const more = { [field]: value };
        const text = kubeconfigText("https://127.0.0.1:1", where === "user" ? more : {}, where === "cluster" ? more : {});
        await assert.rejects(rejected(text), {
          constructor: Error,
          message: `the ${where} in this kubeconfig has ${field}, which the preflight does not support`,
        });
      });

    it("is not asked over plain http, which would show the token", async () => {
      await assert.rejects(rejected(kubeconfigText("http://127.0.0.1:1", { token: "t" })), { constructor: Error });
    });
  });
});

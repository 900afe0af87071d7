import assert from "node:assert/strict";
import { parse } from "yaml";
import { secretValues, stackFileText, type StackFileRequest } from "../../../automation/stackFile";
import { protectedResources, stateResources } from "../../../automation/protection";

// Proves the content of Pulumi.<stack>.yaml, and which resources of a state forbid a destroy. The engine lane proves how Pulumi reads the
// file.

const written = (request: Partial<StackFileRequest>) =>
  parse(stackFileText({ folder: "/service", ...request })) as { config: Record<string, unknown> } & Record<string, unknown>;

const source = {
  folder: "/repository",
  text: [
    "# Why it is so.",
    "encryptionsalt: v1:abc",
    "config:",
    "  aws:region: us-west-2",
    "  vllm-eks:model: Qwen/Qwen3-32B",
    "  vllm-eks:modelRevision: 0123456",
    "  vllm-eks:modelConfigFile: models/own.json",
    "  vllm-eks:apiKey: { secure: v1:cipher }",
    "  vllm-eks:engine: { maxModelLen: 4096, maxNumSeqs: 8 }",
    "  nodeCount: 4",
  ].join("\n"),
};

describe("the stack file", () => {
  it("contains typed values unchanged, and no secrets", () => {
    const environment = {
      nodeCount: 4,
      protect: true,
      apiKey: "sk-1",
      huggingFaceToken: "hf-1",
      cluster: { publicAccessCidrs: ["10.0.0.0/8"] },
    };
    const { config } = written({ environment, aws: { region: "eu-west-1", profile: "acme" } });
    assert.deepEqual(config, {
      "pulumi:disable-default-providers": ["kubernetes"],
      "vllm-eks:nodeCount": 4,
      "vllm-eks:protect": true,
      "vllm-eks:cluster": { publicAccessCidrs: ["10.0.0.0/8"] },
      "aws:region": "eu-west-1",
      "aws:profile": "acme",
    });
    assert.deepEqual(secretValues({ environment }), { "vllm-eks:apiKey": "sk-1", "vllm-eks:huggingFaceToken": "hf-1" });
  });

  it("contains no keys of AWS and no password of a proxy: they are stored encrypted", () => {
    const aws = {
      region: "eu-west-1",
      accessKey: "AKIA",
      secretKey: "planted",
      token: "planted",
      httpsProxy: "http://me:planted@proxy:3128",
    };
    const text = stackFileText({
      folder: "/service",
      aws,
      source: { folder: "/r", text: "config: { aws:secretKey: { secure: v1:old } }" },
    });
    assert.equal(/planted|v1:old/.test(text), false);
    assert.equal((parse(text) as { config: Record<string, unknown> }).config["aws:accessKey"], "AKIA");
    assert.deepEqual(secretValues({ aws }), { "aws:secretKey": "planted", "aws:token": "planted", "aws:httpsProxy": aws.httpsProxy });
    const proxies = { httpProxy: "socks5://me:planted@proxy:1080", httpsProxy: "http://planted@proxy:3128" };
    assert.deepEqual(Object.keys(secretValues({ aws: proxies })), ["aws:httpProxy", "aws:httpsProxy"]);
  });

  it("makes paths of AWS absolute: from the file's folder, or from the service's", () => {
    const text = 'config: { aws:sharedConfigFiles: [aws/config], aws:customCaBundle: /etc/ca.pem, aws:sharedCredentialsFiles: ["~/x"] }';
    const { config } = written({
      source: { folder: "/repository", text },
      aws: { assumeRoleWithWebIdentity: { roleArn: "r", webIdentityTokenFile: "jwt" } },
    });
    assert.deepEqual(config["aws:sharedConfigFiles"], ["/repository/aws/config"]);
    const texts = "config: { aws:sharedConfigFiles: '[\"aws/config\"]', aws:maxRetries: '7' }";
    const { config: ofTexts } = written({ source: { folder: "/repository", text: texts }, aws: { sharedCredentialsFiles: '["keys"]' } });
    assert.deepEqual([ofTexts["aws:sharedConfigFiles"], ofTexts["aws:maxRetries"]], [["/repository/aws/config"], "7"]);
    assert.deepEqual(ofTexts["aws:sharedCredentialsFiles"], ["/service/keys"]);
    assert.deepEqual([config["aws:customCaBundle"], config["aws:sharedCredentialsFiles"]], ["/etc/ca.pem", ["~/x"]]);
    assert.deepEqual(config["aws:assumeRoleWithWebIdentity"], { roleArn: "r", webIdentityTokenFile: "/service/jwt" });
  });

  it("keeps the file's other values, including spelling, ciphertext and comments", () => {
    const text = stackFileText({ folder: "/service", source });
    assert.match(text, /# Why it is so\./);
    const { config } = written({ source });
    assert.deepEqual([config["vllm-eks:modelRevision"], config["vllm-eks:apiKey"]], ["0123456", { secure: "v1:cipher" }]);
  });

  it("replaces a whole key of the file, however it is written, and removes its ciphertext", () => {
    const { config } = written({ source, environment: { nodeCount: 2, engine: { maxModelLen: 8192 }, apiKey: "sk-2" } });
    assert.deepEqual(
      [config["vllm-eks:nodeCount"], config.nodeCount, config["vllm-eks:engine"], config["vllm-eks:apiKey"]],
      [2, undefined, { maxModelLen: 8192 }, undefined],
    );
  });

  it("makes the path of a model's config.json absolute: from the file's folder, or from the service's", () => {
    assert.equal(written({ source }).config["vllm-eks:modelConfigFile"], "/repository/models/own.json");
    assert.equal(
      written({ source, environment: { modelConfigFile: "mine.json" } }).config["vllm-eks:modelConfigFile"],
      "/service/mine.json",
    );
  });

  it("keeps the keys that decrypt, and names the secrets provider", () => {
    const earlier = "secretsprovider: awskms://alias/old\nencryptedkey: abc\nconfig: { vllm-eks:nodeCount: 8 }\n";
    const { config, ...rest } = written({ earlier, environment: {} });
    assert.deepEqual(rest, { secretsprovider: "awskms://alias/old", encryptedkey: "abc" });
    assert.equal(config["vllm-eks:nodeCount"], undefined);
    assert.equal(written({ source }).encryptionsalt, "v1:abc");
    assert.equal(written({ secretsProvider: "awskms://alias/new" }).secretsprovider, "awskms://alias/new");
  });
});

describe("protection", () => {
  const urn = (rest: string) => `urn:pulumi:prod::vllm-eks::${rest}`;
  const cluster = (deletionProtection: unknown) => ({
    urn: urn("eks:index:Cluster$aws:eks/cluster:Cluster::cluster-eksCluster"),
    type: "aws:eks/cluster:Cluster",
    outputs: { deletionProtection },
  });
  const store = (protect?: boolean) => ({
    urn: urn("vllm-eks:index:LustreModelStore$aws:fsx/lustreFileSystem:LustreFileSystem::weights-file-system"),
    type: "aws:fsx/lustreFileSystem:LustreFileSystem",
    ...(protect !== undefined && { protect }),
  });

  it("is Pulumi's on the file system and EKS's on the cluster", () => {
    assert.deepEqual(protectedResources([cluster(true), store(true)]), ["cluster-eksCluster", "weights-file-system"]);
    assert.deepEqual(protectedResources([cluster(true), store()]), ["cluster-eksCluster"]);
  });

  it("is absent from an environment without it, and from a stack that was never deployed", () => {
    assert.deepEqual(protectedResources([cluster(false), store(false), cluster(undefined)]), []);
    assert.deepEqual(stateResources({ deployment: { manifest: {} } }), []);
    assert.deepEqual(stateResources({ deployment: null }), []);
  });
});

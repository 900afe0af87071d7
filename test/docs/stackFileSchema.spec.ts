// Proves what an editor accepts and what it marks in a `Pulumi.<stack>.yaml`. configuration.spec.ts proves that the file in the repository
// is current.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { configSchema } from "../../environment/configSchema";
import { root } from "./documents";
import { stackFileSchema } from "./stackFileSchema";

const stacks = ["dev", "prod", "local"];
const read = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

describe("the schema of stack files, for editors", () => {
  const validate = new Ajv({ allErrors: true, strict: false }).compile(stackFileSchema());
  /** Where the editor marks a file, and by which rule. */
  const marked = (text: string): string[] => {
    validate(parse(text));
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath.replace("/config/vllm-eks:", "")} ${keyword}`);
  };

  for (const stack of stacks) {
    it(`accepts Pulumi.${stack}.yaml, and the first line of that file refers to the schema`, () => {
      const text = read(`Pulumi.${stack}.yaml`);
      const [, file = ""] = /^# yaml-language-server: \$schema=(.*)\n/.exec(text) ?? [];
      assert.deepEqual(JSON.parse(read(file)), stackFileSchema());
      assert.deepEqual(marked(text), []);
    });
  }

  it("marks unknown keys, wrong kinds, words, ranges and forms, and secrets in clear text", () => {
    const text = `
      config:
        aws:region: us-west-2
        vllm-eks:nodeCuont: 4
        vllm-eks:replicas: -1
        vllm-eks:tensorParallelSize: eight
        vllm-eks:protect: maybe
        vllm-eks:availabilityZone: us-west-2
        vllm-eks:apiKey: hunter2
        vllm-eks:engine: { maxModelLength: 1, gpuMemoryUtilization: 2, extraArguments: --enforce-eager }
        vllm-eks:ingress: { mode: nginx, inboundCidrs: [10.0.0.0/8, everywhere] }
        vllm-eks:tags: { team: 5 }
    `;
    assert.deepEqual(marked(text).sort(), [
      "/config additionalProperties",
      "apiKey type",
      "availabilityZone pattern",
      "engine additionalProperties",
      "engine/extraArguments type",
      "engine/gpuMemoryUtilization maximum",
      "ingress/inboundCidrs/1 pattern",
      "ingress/mode enum",
      "protect pattern",
      "replicas minimum",
      "tags/team type",
      "tensorParallelSize pattern",
    ]);
  });

  it("accepts what Pulumi itself writes: ciphertext, values as text, keys of other namespaces, an encryption salt", () => {
    const text = `
      encryptionsalt: v1:abc
      secretsprovider: passphrase
      environment: [team/gpu]
      config:
        aws:profile: gpu
        aws:assumeRoles: [{ roleArn: arn }]
        other:key: { secure: v1:abc }
        withoutNamespace: 1
        vllm-eks:apiKey: { secure: v1:abc }
        vllm-eks:nodeCount: "4"
        vllm-eks:protect: "true"
        vllm-eks:network: '{"cidrBlock":"10.1.0.0/16"}'
        vllm-eks:engine: { gpuMemoryUtilization: "0.9", maxModelLen: 4096 }
    `;
    assert.deepEqual(marked(text), []);
  });

  it("describes every key and proposes the names of the catalog, which are not the only ones allowed", () => {
    const { properties } = (stackFileSchema().properties as { config: { properties: Record<string, Record<string, unknown>> } }).config;
    assert.deepEqual(
      Object.keys(properties),
      Object.keys(configSchema).map((key) => `vllm-eks:${key}`),
    );
    for (const [key, { description }] of Object.entries(properties)) assert.equal(description, configSchema[key.slice(9)]!.description);
    assert.ok((properties["vllm-eks:instanceType"]!.examples as string[]).includes("p5.48xlarge"));
    assert.ok((properties["vllm-eks:model"]!.examples as string[]).includes("Qwen/Qwen3-32B"));
    assert.equal(properties["vllm-eks:nodeCount"]!.default, 2);
    assert.deepEqual(marked("config: { vllm-eks:model: org/own, vllm-eks:instanceType: p9.48xlarge }"), []);
  });
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { repository } from "../support/environments";

// Proves what `pulumi package add` sees of this folder: Pulumi's own plugin host loads it, checks its types and answers GetSchema.
// It does not prove that SDKs generated from the schema compile in other languages.

/* eslint-disable @typescript-eslint/no-require-imports */
const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb") as {
  ResourceProviderClient: new (address: string, credentials: grpc.ChannelCredentials) => Client;
};
const { GetSchemaRequest } = require("@pulumi/pulumi/proto/provider_pb") as { GetSchemaRequest: new () => object };
/* eslint-enable */

interface Client {
  getSchema(request: object, callback: (error: Error | null, response: { getSchema(): string }) => void): void;
  close(): void;
}

interface Schema {
  name: string;
  resources: Record<string, { requiredInputs: string[] }>;
}

/** Starts the host as the engine does, asks one question, and stops it. */
async function schemaOfPlugin(): Promise<Schema> {
  const host = spawn(process.execPath, [path.join(repository, "node_modules/@pulumi/pulumi/cmd/run-plugin"), repository, "127.0.0.1:1"], {
    cwd: repository,
    env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  host.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  try {
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(host.stdout).once("line", resolve);
      host.once("exit", (code) => reject(new Error(`The plugin host ended with ${code}: ${complaints}`)));
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const text = await new Promise<string>((resolve, reject) =>
      client.getSchema(new GetSchemaRequest(), (error, response) => (error ? reject(error) : resolve(response.getSchema()))),
    );
    client.close();
    return JSON.parse(text) as Schema;
  } finally {
    host.removeAllListeners("exit");
    host.kill();
  }
}

describe("the plugin host", () => {
  it("finds the four components, not the program, in an unbuilt checkout", async () => {
    const { name, resources } = await schemaOfPlugin();
    assert.equal(name, "vllm-eks");
    assert.deepEqual(Object.keys(resources).sort(), [
      "vllm-eks:index:EfaGpuNodeGroup",
      "vllm-eks:index:InferenceIngress",
      "vllm-eks:index:LustreModelStore",
      "vllm-eks:index:VllmLeaderWorkerSet",
    ]);
    assert.deepEqual(resources["vllm-eks:index:EfaGpuNodeGroup"]?.requiredInputs, [
      "clusterName",
      "clusterSecurityGroupId",
      "instanceType",
      "nodeCount",
      "subnetId",
      "vpcId",
    ]);
  }).timeout(240_000); // it type-checks the whole package, on a machine that may be busy
});

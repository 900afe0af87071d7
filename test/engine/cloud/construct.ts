/**
 * Runs a component's constructor in the provider's process, against the engine that asked for it. One at a time: the SDK's settings are the
 * process's.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Construct } from "./components";

export type { Construct } from "./components";

/* eslint-disable @typescript-eslint/no-require-imports */
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const proto = require("@pulumi/pulumi/proto/provider_pb");
const config = require("@pulumi/pulumi/runtime/config");
const rpc = require("@pulumi/pulumi/runtime/rpc");
const settings = require("@pulumi/pulumi/runtime/settings");
const localState = require("@pulumi/pulumi/runtime/state");
const { deserializeInputs } = require("@pulumi/pulumi/provider/server");

let last: { engine: string; done: Promise<unknown> } = { engine: "", done: Promise.resolve() };

/** An engine that has ended never answers: what waits for it must not block other calls. */
export function withRuntime(request: any, engineAddress: string, construct: Construct): Promise<unknown> {
  const engine = request.getMonitorendpoint() as string;
  const before = last.engine === engine ? last.done : Promise.resolve();
  const done = before.then(() => localState.withLocalStorage(() => constructed(request, engineAddress, construct)));
  last = { engine, done: done.catch(() => undefined) };
  return done;
}

async function constructed(request: any, engineAddress: string, construct: Construct): Promise<unknown> {
  settings.resetOptions(
    ...[request.getProject(), request.getStack(), request.getParallel(), engineAddress, request.getMonitorendpoint(), request.getDryrun()],
    request.getOrganization(),
  );
  await settings.awaitFeatureSupport();
  config.setAllConfig(Object.fromEntries(request.getConfigMap().toObject()), request.getConfigsecretkeysList());
  // What the program gave as a plain value arrives as one; what it did not know yet is an Output here too.
  const args = await deserializeInputs(request.getInputs(), request.getInputdependenciesMap());
  const providers = Object.fromEntries(
    [...request.getProvidersMap().entries()].map(([name, reference]: [string, string]) => [
      name,
      new (pulumi as any).DependencyProviderResource(reference),
    ]),
  );
  const options: pulumi.ComponentResourceOptions = {
    providers,
    dependsOn: request.getDependenciesList().map((urn: string) => new (pulumi as any).DependencyResource(urn)),
    ...(request.getParent() && { parent: new (pulumi as any).DependencyResource(request.getParent()) }),
  };
  const { urn, state } = construct(request.getName(), args, options);
  const response = new proto.ConstructResponse();
  response.setUrn(await (urn as any).promise());
  const [serialized, dependencies] = await rpc.serializeResourceProperties(`construct(${request.getType()})`, state);
  for (const [key, resources] of dependencies) {
    const urns = await Promise.all([...resources].map((resource: any) => resource.urn.promise()));
    const list = new proto.ConstructResponse.PropertyDependencies();
    list.setUrnsList(urns);
    response.getStatedependenciesMap().set(key, list);
  }
  response.setState(Struct.fromJavaScript(serialized));
  await settings.waitForRPCs();
  return response;
}

/** What a user needs after `pulumi up`: where the endpoint is, what to type next, what it costs. */
import * as pulumi from "@pulumi/pulumi";
import { defaultRevision } from "../catalog/models";
import { hourlyCostOf } from "../environment/cost";
import type { AwsEnvironment, Environment } from "../environment/environment";
import { namespaceOf } from "../environment/stackName";
import { quoted, shellCommand } from "../sizing/shellCommand";
import type { Inference } from "./aws/inference";
import type { Cluster } from "./aws/cluster";
import { kubectlAccess } from "./kubectlAccess";
import type { InferenceNamespace } from "./kubernetes/namespace";
import type { VllmLeaderWorkerSet } from "../components";

export type StackOutputs = Record<string, pulumi.Input<unknown>>;

const localPort = 8000;

export function awsOutputs(
  environment: Environment,
  settings: AwsEnvironment,
  cluster: Cluster,
  { engine, endpoint }: Inference,
): StackOutputs {
  const { ingress } = settings;
  const command = portForward(environment.name, engine);
  const url = endpoint?.url;
  return {
    ...sharedOutputs(environment, engine),
    ...(url && { endpoint: url }),
    kubeconfig: kubectlAccess(settings, environment.name, cluster.kubeconfigFor),
    // Most users cannot reach an internal endpoint from their desk: the outputs show both ways.
    ...(ingress.scheme === "internal" || !url ? { portForward: command } : {}),
    tryIt: tryIt(environment, url && ingress.scheme === "internet-facing" ? url : `http://localhost:${localPort}`),
    usdPerHour: hourlyCostOf(environment)?.total ?? "unknown",
  };
}

export function kubernetesOutputs(environment: Environment, namespace: InferenceNamespace, engine: VllmLeaderWorkerSet): StackOutputs {
  return {
    ...sharedOutputs(environment, engine),
    namespace: namespace.name,
    portForward: portForward(environment.name, engine),
    tryIt: tryIt(environment, `http://localhost:${localPort}`),
  };
}

function sharedOutputs(environment: Environment, engine: VllmLeaderWorkerSet): StackOutputs {
  const { model, layout, defaults } = environment;
  return {
    defaults: defaults.name, // the next update reads it: madeWith.ts
    model: model.id,
    modelRevision: model.revision ?? defaultRevision,
    replicas: layout.replicas,
    fit: engine.fitSummary,
  };
}

const portForward = (environment: string, engine: VllmLeaderWorkerSet) =>
  pulumi
    .all([engine.serviceName, engine.servicePort])
    .apply(([name, port]) =>
      shellCommand("kubectl", "--namespace", namespaceOf(environment), "port-forward", `service/${name}`, `${localPort}:${port}`),
    );

/** One completion. The command reads the key from the stack's configuration, so the output does not contain it. */
function tryIt({ name, model, secretsGiven }: Environment, url: pulumi.Input<string>): pulumi.Output<string> {
  const key = secretsGiven.apiKey ? ` -H "Authorization: Bearer $(${shellCommand("pulumi", "config", "get", "-s", name, "apiKey")})"` : "";
  const body = JSON.stringify({ model: model.id, messages: [{ role: "user", content: "Say hello." }], max_tokens: 64 });
  return pulumi.output(url).apply((address) => {
    const request = shellCommand("curl", "-s", `${address}/v1/chat/completions`);
    return `${request}${key} -H "Content-Type: application/json" -d ${quoted(body)}`;
  });
}

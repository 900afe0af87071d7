/** An endpoint that the internet can reach answers only with a key. */
import { configSecret, shellCommand } from "../../sizing/shellCommand";
import { isTrue, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { containers, podSpecs, type FoundContainer, type FoundPodSpec } from "../podSpecs";
import { findPublicEndpoints } from "../publicEndpoints";
import { stackRule, type Finding } from "../rule";

/** vLLM reads it at start-up; a flag would be readable in the manifest. */
const keyVariable = "VLLM_API_KEY";

export const publicEndpointKey = stackRule(
  {
    name: "public-endpoint-key",
    description:
      `Behind an internet-facing load balancer every engine takes its API key, ${keyVariable}, from a Secret that ` +
      `must exist: without a key ` +
      "anyone can run prompts on your GPUs, and a key written into the pod is readable in the manifest and in Pulumi's state.",
    source: "https://docs.vllm.ai/en/latest/usage/security/",
    settings: {},
  },
  (resources) => {
    const [endpoint] = findPublicEndpoints(resources);
    return endpoint ? resources.flatMap((resource) => checkKeys(resource, endpoint.resource)) : [];
  },
);

function checkKeys(resource: CheckedResource, endpoint: CheckedResource): Finding[] {
  return enginesOf(resource).flatMap((engine) => {
    const keys = keysOf(engine);
    if (keys.some(({ is }) => is === "required")) return [];
    const rule = `${endpoint.name} is internet-facing, so its engine must take ${keyVariable} from a Secret`;
    const [{ path, is } = { path: `${engine.path}.env ${keyVariable}`, is: undefined }] = keys;
    // The value is a secret, so the message does not repeat it.
    const command = shellCommand(...configSecret(stackOf(resource), "apiKey"));
    return [{ resource, path, value: is, rule, fix: `Run ${command}, or make the endpoint internal` }];
  });
}

/** `urn:pulumi:<stack>::<project>::…` */
const stackOf = ({ urn }: CheckedResource) => /^urn:pulumi:(.+?)::/.exec(urn)?.[1];

/** Of a set of groups, only the leader serves; one without a leader template uses the workers'. Workers start with --headless. */
function enginesOf(resource: CheckedResource): FoundContainer[] {
  const pods = podSpecs(resource);
  if (/:LeaderWorkerSet(Patch)?$/.test(resource.type)) {
    const serving = pods.find(({ path }) => /leaderTemplate/.test(path)) ?? pods[0];
    return serving ? servingContainers(serving, true) : [];
  }
  return pods.flatMap((pod) => servingContainers(pod, false)).filter(({ container }) => !wordsOf(container).includes("--headless"));
}

/** The containers that run vLLM; in a set of groups at least the first one. */
function servingContainers(pod: FoundPodSpec, atLeastOne: boolean): FoundContainer[] {
  const all = containers(pod).filter(({ path }) => /\.?containers\[\d+\]$/.test(path));
  const engines = all.filter(({ container }) => runsVllm(container));
  return engines.length === 0 && atLeastOne ? all.slice(0, 1) : engines;
}

const wordsOf = (container: unknown): string[] => [...listAt(container, "command"), ...listAt(container, "args")].map(String);

function runsVllm(container: unknown): boolean {
  const image = String(valueAt(container, "image") ?? "");
  return (
    /(^|[/_-])vllm/.test(image.replace(/[@:][^/]*$/, "")) ||
    wordsOf(container).some((word) => /(^|[\s/])vllm(\s|$|\.entrypoints)/.test(word))
  );
}

type Key = { path: string; is: "required" | "readable text" | "an optional key of a Secret" };

/** A variable from an optional key is not there when the Secret is not, and vLLM then asks for no key. */
const keysOf = ({ path, container }: FoundContainer): Key[] =>
  listAt(container, "env").flatMap((variable: unknown, index): Key[] => {
    if (valueAt(variable, "name") !== keyVariable) return [];
    const reference = valueAt(variable, "valueFrom", "secretKeyRef");
    const is =
      reference === undefined ? "readable text" : isTrue(valueAt(reference, "optional")) ? "an optional key of a Secret" : "required";
    return [{ path: `${path}.env[${index}] ${keyVariable}`, is }];
  });

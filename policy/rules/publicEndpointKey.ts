/** An endpoint that the internet can reach answers only with a key. */
import { configSecret, shellCommand } from "../../sizing/shellCommand";
import { valueAt, type CheckedResource } from "../checkedResource";
import { containers, podSpecs, type FoundPodSpec } from "../podSpecs";
import { findPublicEndpoints } from "../publicEndpoints";
import { stackRule, type Finding } from "../rule";

/** vLLM reads it at start-up; a flag would be readable in the manifest. */
const keyVariable = "VLLM_API_KEY";

export const publicEndpointKey = stackRule(
  {
    name: "public-endpoint-key",
    description:
      `Behind an internet-facing load balancer every engine takes its API key, ${keyVariable}, from a Secret: without a key anyone ` +
      "can run prompts on your GPUs, and a key written into the pod is readable in the manifest and in Pulumi's state.",
    source: "https://docs.vllm.ai/en/latest/usage/security/",
    settings: {},
  },
  (resources) => {
    const [endpoint] = findPublicEndpoints(resources);
    return endpoint ? resources.flatMap((resource) => checkKey(resource, endpoint.resource)) : [];
  },
);

/** The leader serves requests; a set without a leader template uses the workers' template for it. */
function checkKey(resource: CheckedResource, endpoint: CheckedResource): Finding[] {
  if (!/^kubernetes:leaderworkerset\.x-k8s\.io\/v\w+:LeaderWorkerSet$/.test(resource.type)) return [];
  const [serving] = podSpecs(resource);
  if (!serving) return [];
  const keys = keysOf(serving);
  if (keys.some(({ fromSecret }) => fromSecret)) return [];
  const rule = `${endpoint.name} is internet-facing, so its engine must take ${keyVariable} from a Secret`;
  const { path } = keys[0] ?? { path: `${serving.path}.containers[0].env ${keyVariable}` };
  // The value is a secret, so the message does not repeat it.
  const value = keys.length > 0 ? "readable text" : undefined;
  const command = shellCommand(...configSecret(stackOf(resource), "apiKey"));
  return [{ resource, path, value, rule, fix: `Run ${command}, or make the endpoint internal` }];
}

/** `urn:pulumi:<stack>::<project>::…` */
const stackOf = ({ urn }: CheckedResource) => /^urn:pulumi:(.+?)::/.exec(urn)?.[1];

const keysOf = (pod: FoundPodSpec) =>
  containers(pod).flatMap(({ path, container }) => {
    const environment = valueAt(container, "env");
    if (!Array.isArray(environment)) return [];
    return environment.flatMap((variable: unknown, index) =>
      valueAt(variable, "name") === keyVariable
        ? [{ path: `${path}.env[${index}] ${keyVariable}`, fromSecret: valueAt(variable, "valueFrom", "secretKeyRef") !== undefined }]
        : [],
    );
  });

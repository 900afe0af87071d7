/** Pods cannot reach the credentials of their node's role. */
import { isUnknown, launchTemplateType, valueAt, type CheckedResource } from "../checkedResource";
import { resourceRule, type Finding } from "../rule";
import { instanceTypes, launchConfigurationType, usesTemplate } from "../instances";

interface Settings {
  maximumHopLimit: number;
}

export const instanceMetadata = resourceRule<Settings>(
  {
    name: "instance-metadata",
    description:
      "Launch templates, and instances without one, require IMDSv2 with one network hop: a pod is one hop further " +
      "away than its node, and with " +
      "two hops it could take the credentials of the node's role.",
    source: "https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html",
    settings: {
      maximumHopLimit: { type: "integer", minimum: 1, default: 1, description: "Hops that an answer of the metadata service may travel" },
    },
  },
  (resource, { maximumHopLimit }): Finding[] => {
    if (![launchTemplateType, launchConfigurationType, ...instanceTypes].includes(resource.type)) return [];
    // What an instance does not set itself comes from its launch template.
    if (resource.inputs.metadataOptions === undefined && usesTemplate(resource)) return [];
    if (isUnknown(resource.inputs.metadataOptions)) return [];
    if (valueAt(resource.inputs, "metadataOptions", "httpEndpoint") === "disabled") return [];
    return [...checkTokens(resource), ...checkHopLimit(resource, maximumHopLimit)];
  },
);

function checkTokens(resource: CheckedResource): Finding[] {
  const path = "metadataOptions.httpTokens";
  const value = valueAt(resource.inputs, "metadataOptions", "httpTokens");
  if (value === "required" || isUnknown(value)) return [];
  return [
    { resource, path, value, rule: "IMDSv2 must be required, so that every request needs a token", fix: `Set ${path} to "required"` },
  ];
}

function checkHopLimit(resource: CheckedResource, maximum: number): Finding[] {
  const path = "metadataOptions.httpPutResponseHopLimit";
  const value = valueAt(resource.inputs, "metadataOptions", "httpPutResponseHopLimit");
  if (isUnknown(value) || (typeof value === "number" && value <= maximum)) return [];
  return [{ resource, path, value, rule: `at most ${maximum} is allowed`, fix: `Set ${path} to ${maximum}` }];
}

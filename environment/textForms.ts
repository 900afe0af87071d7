/** Forms of text that several settings share: a pattern, and the same in words. */
import { addonVersion as eksAddonVersion, arnForms, domainRules, instanceTypeForms, nameRules, zoneForms } from "../catalog/awsTextRules";

export const like = (pattern: string, patternHint: string) => ({ pattern, patternHint });

const whole = (pattern: string) => `^(${pattern})$`;

/**
 * What no setting may contain: control characters, line separators, and halves of surrogate pairs, which no encoding can write. The first
 * three would end a line in a script or a log.
 */
const unprintable = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufffe\\uffff";

/** Words in angle brackets: a value that only the user has. */
const placeholder = `<[^<>${unprintable}]+>`;

/** For texts that can be anything else. */
export const line = like(`^[^${unprintable}]{1,4096}$`, "one line of at most 4096 characters without control characters");

/** Only YAML and JSON texts may have several lines. */
export const lines = like(`^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]+$`, "text without control characters");

/** A path cannot be mistaken for an option. */
export const filePath = like(`^(?!-)[^${unprintable}]{1,4096}$`, "a path without control characters that does not begin with a hyphen");

export const cidr = like("^(\\d{1,3}\\.){3}\\d{1,3}/\\d{1,2}$", "an IPv4 range such as 198.51.100.7/32");

/** zones.ts refuses Local Zones and Wavelength Zones with the reason. */
export const zone = like(whole(`${zoneForms.zone}|${zoneForms.localZone}`), "a zone name such as us-west-2a");

/** A pattern for `like`. */
export const version = "^\\d+\\.\\d+(\\.\\d+)?$";

/** An AWS id, or a placeholder for one. */
export const idOf = (prefix: string) => like(whole(`${prefix}-[0-9a-f]{8,17}|${placeholder}`), `an id such as ${prefix}-0123456789abcdef0`);

export const hostedZone = like(whole(`Z[A-Z0-9]{1,31}|${placeholder}`), "a hosted zone id such as Z0123456789ABC");

/** An ARN, or a placeholder for one. */
const arn = (form: keyof typeof arnForms, hint: string) => like(whole(`${arnForms[form]}|${placeholder}`), hint);

export const roleArn = arn("role", "the ARN of an IAM role such as arn:aws:iam::111122223333:role/deployer");
export const principalArn = arn(
  "principal",
  "the ARN of an IAM role or user such as arn:aws:iam::111122223333:role/ops (EKS gives access to neither groups nor sessions)",
);
export const certificateArn = arn(
  "certificate",
  "the ARN of a certificate in ACM such as arn:aws:acm:us-west-2:111122223333:certificate/…",
);
export const resourceGroupArn = arn(
  "resourceGroup",
  "the ARN of a resource group such as arn:aws:resource-groups:us-west-2:111122223333:group/gpus",
);

export const kmsKeyArn = arn(
  "kmsKey",
  "the ARN of a key such as arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, not of an alias",
);

export const hostname = like(
  `^${domainRules.pattern}$`,
  "a DNS name in lower case such as llm.example.com, with international names in their xn-- form",
);

export const clusterName = like(whole(nameRules.cluster.pattern), "a cluster name");

export const addonVersion = like(whole(eksAddonVersion.pattern), `an add-on version such as ${eksAddonVersion.example}`);

export const x86InstanceType = like(whole(instanceTypeForms.x86), "an x86 instance type such as m6i.large");

/** Names of the types that the catalog does not have are reported as such, with the nearest one. */
export const instanceTypeName = like("^[A-Za-z0-9._-]+$", "an instance type such as p4d.24xlarge");

/** A folder is for charts that were downloaded before. */
const registry = "oci://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\\d{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*";
export const chartMirror = like(
  `^(${registry}|[./][^${unprintable}]{0,4095})$`,
  "an address such as oci://mirror.example.com/charts, or the path of a folder",
);

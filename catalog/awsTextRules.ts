/**
 * AWS's own rules about text: names, ARNs, tags, zones. The form check and the components apply the same rows. Patterns are regular
 * expressions in the flavour of JSON Schema, without anchors.
 */
import type { Source } from "./source";

const models = (service: string): Source => ({
  url: `https://github.com/boto/botocore/tree/1.44.8/botocore/data/${service}`,
  asOf: "2026-11-30",
  confidence: "high",
});

const identity = models("iam");
/** Without the anchors, so that an ARN can contain it. Role and user names have at most 64 characters, unique whatever their case. */
const identityName = "[A-Za-z0-9_+=,.@-]{1,64}";
/** IAM allows every printable character in a path; this takes those of names, which every path that AWS itself makes has. */
const identityPath = "([A-Za-z0-9_+=,.@-]+/)*";
const account = "\\d{12}";

/** The account of AWS's own examples: a placeholder, which is compared with nothing. */
export const exampleAccount = "111122223333";

/** What names one AWS partition, and the regions in it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const partitions = [
  { partition: "aws-cn", regions: "cn-[a-z]+-\\d+" },
  { partition: "aws-us-gov", regions: "us-gov-[a-z]+-\\d+" },
  { partition: "aws-iso", regions: "us-iso-[a-z]+-\\d+" },
  { partition: "aws-iso-b", regions: "us-isob-[a-z]+-\\d+" },
  { partition: "aws-iso-e", regions: "eu-isoe-[a-z]+-\\d+" },
  { partition: "aws-iso-f", regions: "us-isof-[a-z]+-\\d+" },
  { partition: "aws-eusc", regions: "eusc-[a-z]+-[a-z]+-\\d+" },
  {
    partition: "aws",
    regions: "(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|northwest|southeast|southwest)-\\d+",
  },
] as const;

const partition = "aws(-[a-z]+)*";
const region = "[a-z]{2,4}(-[a-z]+)+-\\d+";

export const arnForms = {
  role: `arn:${partition}:iam::${account}:role/${identityPath}${identityName}`,
  principal: `arn:${partition}:iam::${account}:(role|user)/${identityPath}${identityName}`,
  certificate: `arn:${partition}:acm:${region}:${account}:certificate/[A-Za-z0-9_-]+`,
  /** EKS and FSx take the ARN of a key, not of an alias. */
  kmsKey: `arn:${partition}:kms:${region}:${account}:key/(mrk-)?[0-9a-f-]{32,36}`,
  resourceGroup: `arn:${partition}:resource-groups:${region}:${account}:group/[A-Za-z0-9_.-]{1,300}`,
} as const;
export const arnSource: Source = identity;

/**
 * Zones of a region end in a letter (`us-west-2a`); Local Zones and Wavelength Zones have the place between region and letter
 * (`us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`), and EKS puts no control plane there.
 */
export const zoneForms = {
  region,
  zone: "[a-z]{2,4}(-[a-z]+)+-\\d+[a-z]",
  localZone: "[a-z]{2,4}(-[a-z]+)+-\\d+-[a-z0-9-]*\\d[a-z]?",
  source: {
    url: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html",
    asOf: "2026-11-30",
    confidence: "medium",
  } satisfies Source,
} as const;

/** The strictest rules of the services that our resources are tagged in: EC2, IAM, EKS, FSx, Elastic Load Balancing, ACM. */
export const tagRules = {
  /** EC2; the others take 128. */
  longestKey: 127,
  longestValue: 256,
  /** Per resource, with the tags that this package and `aws:defaultTags` add. Tags that AWS adds (`aws:…`) do not count. */
  most: 50,
  /** IAM, Elastic Load Balancing, FSx, ACM: letters, digits, spaces and these marks of every language, without line separators. */
  characters: "[\\p{L}\\p{Zs}\\p{N}_.:/=+\\-@]*",
  charactersInWords: "letters, digits, spaces and _ . : / = + - @",
  /** Of keys in every service and of values in EKS, in any case. */
  reservedPrefix: "aws:",
  /** Set or read by EKS and the load balancer controller, which find their resources by them. */
  controllerPrefixes: [
    "kubernetes.io/cluster/",
    "kubernetes.io/cluster:",
    "kubernetes.io/role/",
    "eks:",
    "eks/",
    "elbv2.k8s.aws/",
    "elbv2.k8s.aws:",
  ],
  sources: [models("iam"), models("ec2"), models("eks"), models("fsx"), models("elbv2"), models("acm")],
} as const;

/** Names that AWS gives or takes. */
export const nameRules = {
  /** `[A-Za-z0-9][A-Za-z0-9_-]*` */
  cluster: { pattern: "[0-9A-Za-z][A-Za-z0-9_-]{0,99}", longest: 100, source: models("eks") },
  nodeGroup: { longest: 63, source: models("eks") },
  role: { pattern: identityName, longest: 64, source: identity },
  /** Also of target groups: letters, digits and hyphens, none at either end; a load balancer's does not begin with `internal-`. */
  loadBalancer: { longest: 32, source: models("elbv2") },
} as const;

/** A label of a DNS name. International names are written in their ASCII form, also at the end: `llm.xn--p1ai`. */
const domainLabel = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const topLabel = "(xn--[a-z0-9-]{0,58}[a-z0-9]|[a-z]{2,63})";

/** Names of hosts: DNS and ACM allow 253 characters, and 63 in each label. */
export const domainRules = {
  pattern: `(?=.{1,253}$)(${domainLabel}\\.)+${topLabel}`,
  longest: 253,
  /** Octets of the first name of a certificate that ACM issues: it becomes the common name. */
  longestFirstName: 64,
  source: models("acm"),
} as const;

/** An EKS add-on's version, as `aws eks describe-addon-versions` writes it. */
export const addonVersion = {
  pattern: "v\\d+\\.\\d+\\.\\d+-eksbuild\\.\\d+",
  example: "v1.19.2-eksbuild.1",
  source: models("eks"),
} as const;

/**
 * EC2 instance types: family, generation, letters for processor and options, size. A `g` among those letters, the family a1 and
 * Grace processors (`-gb200`) mean Arm. Mac types run only on dedicated hosts. Families without a digit after the letters do not exist,
 * except u- (`u-6tb1.metal`).
 */
export const instanceTypeForms = {
  x86: "(?!a1\\.|mac\\d|[a-z]+\\d+[a-z]*g|[a-z0-9]+-gb)([a-z]+\\d+[a-z]*(-[a-z0-9]+)?|u-\\d+tb\\d+)\\.(nano|micro|small|medium|large|\\d*xlarge|metal(-\\d+xl)?)",
  source: {
    url: "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html",
    asOf: "2026-11-30",
    confidence: "medium",
  } satisfies Source,
} as const;

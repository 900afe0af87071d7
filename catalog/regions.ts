/** What differs by region: zones to choose from, and the account that holds AWS's Deep Learning Containers. */
import type { Source } from "./source";

interface RegionFacts {
  name: string;
  /**
   * Letters of the zones that we assume an account can see and use. The preflight asks which of them offer an instance type.
   * Absent if nothing is known.
   */
  zoneLetters?: string[];
  zoneSource?: Source;
  /** Account with the registry that holds the vLLM images in this region. */
  deepLearningContainersAccount: string;
  source: Source;
}

const registries: Source = {
  url: "https://github.com/aws/deep-learning-containers/blob/e0ecedea6a/docs/reference/region_availability.md",
  asOf: "2026-08-21",
  confidence: "high",
};

/** In older regions zone letters differ by account, and they change: they are only an assumption. */
const assumedZones: Source = { url: "assumption of this package: the usual letters", asOf: "2026-11-22", confidence: "low" };

const sharedAccount = "763104351884";

function region(name: string, zoneLetters: string, deepLearningContainersAccount = sharedAccount): RegionFacts {
  return { name, zoneLetters: [...zoneLetters], zoneSource: assumedZones, deepLearningContainersAccount, source: registries };
}

export const regions: readonly RegionFacts[] = [
  region("us-east-1", "abcdf"),
  region("us-east-2", "abc"),
  // One of a, b, c is closed to each account; the preflight finds which.
  region("us-west-1", "ac"),
  region("us-west-2", "abcd"),
  region("ap-south-1", "abc"),
  region("ap-northeast-1", "acd"),
  region("ap-northeast-2", "abcd"),
  region("ap-southeast-1", "abc"),
  region("ap-southeast-2", "abc"),
  region("ca-central-1", "abd"),
  region("eu-central-1", "abc"),
  region("eu-west-1", "abc"),
  region("eu-west-2", "abc"),
  region("eu-west-3", "abc"),
  region("eu-north-1", "abc"),
  region("sa-east-1", "abc"),
  region("af-south-1", "abc", "626614931356"),
  region("ap-east-1", "abc", "871362719292"),
  region("ap-east-2", "abc", "975050140332"),
  region("ap-south-2", "abc", "772153158452"),
  region("ap-southeast-3", "abc", "907027046896"),
  region("ap-southeast-4", "abc", "457447274322"),
  region("ap-southeast-5", "abc", "550225433462"),
  region("ap-southeast-6", "abc", "633930458069"),
  region("ap-southeast-7", "abc", "590183813437"),
  region("ap-northeast-3", "abc", "364406365360"),
  region("ca-west-1", "abc", "204538143572"),
  region("eu-south-1", "abc", "692866216735"),
  region("eu-south-2", "abc", "503227376785"),
  region("eu-central-2", "abc", "380420809688"),
  region("il-central-1", "abc", "780543022126"),
  region("mx-central-1", "abc", "637423239942"),
  region("me-south-1", "abc", "217643126080"),
  region("me-central-1", "abc", "914824155844"),
  region("cn-north-1", "abd", "727897471807"),
  region("cn-northwest-1", "abc", "727897471807"),
];

export function findRegion(name: string): RegionFacts | undefined {
  return regions.find((entry) => entry.name === name);
}

/** Read on 2026-11-24: https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html */
const sharedEksImagesAccount = "602401143452";
const regionsOfSharedEksImages: readonly string[] = [
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"],
  ...["ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"],
  ...["eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"],
];

/** Accounts that hold the images of the EKS plugins in the other regions. The source's row for ap-east-2 names another region's host. */
const ownEksImagesAccount: Readonly<Record<string, string>> = {
  "af-south-1": "877085696533",
  "ap-east-1": "800184023465",
  "ap-south-2": "900889452093",
  "ap-southeast-3": "296578399912",
  "ap-southeast-4": "491585149902",
  "ap-southeast-6": "333609536671",
  "ap-southeast-7": "121268973566",
  "ca-west-1": "761377655185",
  "eu-central-2": "900612956339",
  "eu-south-1": "590381155156",
  "eu-south-2": "455263428931",
  "il-central-1": "066635153087",
  "me-central-1": "759879836304",
  "me-south-1": "558608220178",
  "mx-central-1": "730335286997",
};

/** Registry of the EKS plugins in a region; the registry of us-west-2 if the source names none. */
export function eksImageRegistry(region: string): string {
  const account = ownEksImagesAccount[region] ?? sharedEksImagesAccount;
  const known = account !== sharedEksImagesAccount || regionsOfSharedEksImages.includes(region);
  return `${account}.dkr.ecr.${known ? region : "us-west-2"}.amazonaws.com`;
}

interface CapacityBlockRegions {
  instanceTypes: string[];
  regions: string[];
  /** False if the source names more regions than this list: a missing region then proves nothing. */
  complete: boolean;
  source: Source;
}

const capacityBlocks: Source = {
  url: "EC2 User Guide, Capacity Blocks: supported platforms and regions (a translated copy, address not retained)",
  asOf: "2026-11-22",
  confidence: "medium",
};

/** Where capacity blocks are sold. G types are not sold as capacity blocks. */
// prettier-ignore
export const capacityBlockRegions: readonly CapacityBlockRegions[] = [
  { instanceTypes: ["p6-b300.48xlarge"], regions: ["us-east-1", "us-west-2"], complete: false, source: capacityBlocks },
  { instanceTypes: ["p6-b200.48xlarge"], regions: ["us-east-1", "us-east-2", "us-west-2"], complete: false, source: capacityBlocks },
  { instanceTypes: ["p5.4xlarge", "p5.48xlarge", "p5e.48xlarge", "p5en.48xlarge"], regions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"], complete: false, source: capacityBlocks },
  { instanceTypes: ["p4d.24xlarge"], regions: ["us-east-1", "us-east-2", "us-west-2"], complete: true, source: capacityBlocks },
  { instanceTypes: ["p4de.24xlarge"], regions: ["us-east-1", "us-west-2"], complete: true, source: capacityBlocks },
];

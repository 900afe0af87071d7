/** What AWS and the provider refuse before anything is created: unknown fields, names, sizes, card layouts. */
import fs from "node:fs";
import { findInstanceType } from "../../../catalog/instanceTypes";
import { isRecord, typeRules } from "./typeRules";

type Values = Record<string, unknown>;

/** Every reason to refuse the inputs, in the words of AWS or the provider. */
export function refusals(type: string, name: string, inputs: Values): string[] {
  return [...unknownFields(type, inputs), ...nameFaults(type, name, inputs), ...(ownRules[type]?.(inputs) ?? [])];
}

const known = new Map<string, ReadonlySet<string>>();

/** Fields that the generated SDK accepts for the type. */
function fieldsOf(type: string): ReadonlySet<string> {
  const found = known.get(type);
  if (found) return found;
  const [packageName = "", module = ""] = type.split(":");
  const text = fs.readFileSync(require.resolve(`@pulumi/${packageName}/${module}.js`), "utf8");
  const names = new Set([...text.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined)[^;]*args/g)].map((match) => match[1] ?? ""));
  known.set(type, names);
  return names;
}

function unknownFields(type: string, inputs: Values): string[] {
  const fields = fieldsOf(type);
  return Object.keys(inputs)
    .filter((key) => !key.startsWith("__") && !fields.has(key))
    .map((key) => `${type} has no field "${key}"`);
}

/** The provider adds eight characters to a logical name, and AWS has its own limit for the whole. */
function nameFaults(type: string, name: string, inputs: Values): string[] {
  const { named } = typeRules[type] ?? {};
  if (!named) return [];
  const given = inputs[named.property];
  const whole = typeof given === "string" ? given : `${name}-0000000`;
  if (typeof given !== "string" && whole.length > named.max)
    return [`name '${name}-' plus 7 random chars is longer than maximum length ${named.max}`];
  return whole.length > named.limit ? [`"${named.property}" cannot be longer than ${named.limit} characters: ${whole}`] : [];
}

const ownRules: Readonly<Record<string, (inputs: Values) => string[]>> = {
  "aws:fsx/lustreFileSystem:LustreFileSystem": fileSystem,
  "aws:ec2/launchTemplate:LaunchTemplate": launchTemplate,
  "aws:eks/nodeGroup:NodeGroup": nodeGroup,
  "aws:ec2/subnet:Subnet": ({ cidrBlock }) =>
    /\/(1[6-9]|2[0-8])$/.test(String(cidrBlock)) ? [] : [`InvalidSubnet.Range: ${String(cidrBlock)}`],
};

/** https://docs.aws.amazon.com/fsx/latest/LustreGuide/ssd-storage.html */
function fileSystem({ deploymentType = "SCRATCH_1", storageCapacity, perUnitStorageThroughput, subnetIds }: Values): string[] {
  const faults: string[] = [];
  const capacity = Number(storageCapacity);
  if (!(capacity === 1200 || (capacity >= 2400 && capacity % 2400 === 0)))
    faults.push(`BadRequest: storage capacity ${capacity} is not 1200, 2400 or a multiple of 2400`);
  if (deploymentType === "SCRATCH_2" && perUnitStorageThroughput !== undefined)
    faults.push("BadRequest: perUnitStorageThroughput is not supported for SCRATCH_2");
  if (deploymentType === "PERSISTENT_2" && ![125, 250, 500, 1000].includes(Number(perUnitStorageThroughput))) {
    faults.push("BadRequest: perUnitStorageThroughput must be 125, 250, 500 or 1000");
  }
  // The SDK takes the one subnet that AWS allows as a plain value.
  if (typeof subnetIds !== "string") faults.push("BadRequest: exactly one subnet");
  return faults;
}

interface Interface {
  networkCardIndex?: number;
  deviceIndex?: number;
  interfaceType?: string;
  associatePublicIpAddress?: string;
}

function launchTemplate({ networkInterfaces }: Values): string[] {
  const interfaces = (Array.isArray(networkInterfaces) ? networkInterfaces : []) as Interface[];
  return interfaces.flatMap(({ networkCardIndex: card = 0, deviceIndex = 0, interfaceType, associatePublicIpAddress }) => {
    const faults: string[] = [];
    if (deviceIndex > 1) faults.push(`specified number '${deviceIndex}' for the device index exceeds 1 on network card ${card}`);
    if (interfaceType === "efa-only" && card === 0 && deviceIndex === 0)
      faults.push("InvalidParameterValue: the primary interface cannot be efa-only");
    if (associatePublicIpAddress === "true" && interfaces.length > 1)
      faults.push("InvalidParameterCombination: a public address with several interfaces");
    return faults;
  });
}

/** What the cards of a type take. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html */
export function cardFaults(typeName: string, template: Values): string[] {
  const type = findInstanceType(typeName);
  const interfaces = (Array.isArray(template["networkInterfaces"]) ? template["networkInterfaces"] : []) as Interface[];
  if (!type || interfaces.length === 0) return [];
  const efaCards = interfaces
    .filter(({ interfaceType }) => interfaceType?.startsWith("efa"))
    .map(({ networkCardIndex = 0 }) => networkCardIndex);
  const withEfa = (card: number) => card >= type.networkCards - type.efaInterfaces;
  const faults = interfaces
    .filter(({ networkCardIndex = 0 }) => networkCardIndex >= type.networkCards)
    .map(({ networkCardIndex }) => `AttachmentLimitExceeded: ${type.name} has no network card ${String(networkCardIndex)}`);
  if (new Set(efaCards).size < efaCards.length) faults.push("InvalidParameterCombination: two EFA devices on one network card");
  faults.push(...efaCards.filter((card) => !withEfa(card)).map((card) => `EFA is not supported on network card ${card} of ${type.name}`));
  return faults;
}

/** `eks/node_group.go`; with a launch template that names the type, the group must not. */
function nodeGroup({ scalingConfig, taints, updateConfig }: Values): string[] {
  const faults: string[] = [];
  const { minSize, maxSize, desiredSize } = (isRecord(scalingConfig) ? scalingConfig : {}) as Record<string, number>;
  if (!(Number(maxSize) >= 1)) faults.push("scalingConfig.maxSize must be at least 1");
  if (Number(minSize) > Number(desiredSize) || Number(desiredSize) > Number(maxSize)) {
    faults.push(`InvalidParameterException: desired size ${String(desiredSize)} is not between ${String(minSize)} and ${String(maxSize)}`);
  }
  if (Array.isArray(taints) && taints.length > 50) faults.push("InvalidParameterException: more than 50 taints");
  const update = isRecord(updateConfig) ? updateConfig : undefined;
  if (update && (update.maxUnavailable !== undefined) === (update.maxUnavailablePercentage !== undefined)) {
    faults.push("InvalidParameterException: exactly one of maxUnavailable and maxUnavailablePercentage");
  }
  return faults;
}

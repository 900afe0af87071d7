/** Whether an ARN belongs to the place that it is used in: partition, region and account. */
import { exampleAccount, partitions } from "../catalog/awsTextRules";
import { isPlaceholder, problem, type Change, type Problem } from "../sizing/problem";

/** Undefined for a text that no region of any partition has. */
export const partitionOf = (region: string): string | undefined =>
  partitions.find(({ regions }) => new RegExp(`^(${regions})$`).test(region))?.partition;

export interface Arn {
  partition: string;
  service: string;
  /** Empty for services that are not regional, such as IAM. */
  region: string;
  account: string;
  resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const [prefix, partition = "", service = "", region = "", account = "", ...resource] = text.split(":");
  return prefix === "arn" && resource.length > 0 ? { partition, service, region, account, resource: resource.join(":") } : undefined;
}

/** Where an ARN is used. What is not known is not compared. */
export interface ArnPlace {
  region: string | undefined;
  /** The account in which this program acts. */
  account?: string | undefined;
}

/** `path`: the setting. `code`: that of the setting's other problems. The text is an ARN or a placeholder, by the form check. */
export function checkArnPlace(path: string, text: string, place: ArnPlace, code: Problem["code"]): Problem[] {
  const arn = isPlaceholder(text) ? undefined : parseArn(text);
  if (!arn) return [];
  const { region, account } = place;
  const partition = region === undefined ? undefined : partitionOf(region);
  const refused = (message: string, fix: string, changes: Change[] = []) => [problem({ code, path, message, fix, changes })];
  if (partition !== undefined && arn.partition !== partition)
    return refused(
      `${text} is in the partition ${arn.partition}, but the region ${region} is in ${partition}.`,
      `Name one that begins with arn:${partition}:`,
    );
  if (region !== undefined && arn.region !== "" && arn.region !== region)
    return refused(
      `${text} is in ${arn.region}, but the stack is in ${region} (aws:region): ${regional[arn.service] ?? "it is regional"}.`,
      `Name one in ${region}.`,
    );
  const accounts = [account, arn.account];
  if (account !== undefined && arn.account !== account && !accounts.includes("") && !accounts.includes(exampleAccount))
    return refused(
      `${text} is in the account ${arn.account}, but cluster.accessRoleArn acts in ${account}.`,
      `Name one of the account ${account}.`,
    );
  return [];
}

const regional: Readonly<Record<string, string>> = {
  acm: "a load balancer takes only certificates of the region that it is in",
  "resource-groups": "instances launch only into reservations of the region that they are in",
  kms: "a service encrypts only with keys of the region that it is in",
};

/** Principals that a list names twice: EKS takes one entry for each. IAM names differ by more than case. */
export function checkPrincipals(path: string, principals: readonly string[]): Problem[] {
  const first = new Map<string, number>();
  return principals.flatMap((principal, index) => {
    const before = first.get(principal.toLowerCase());
    if (before === undefined) first.set(principal.toLowerCase(), index);
    if (before === undefined || isPlaceholder(principal)) return [];
    const same = principals[before] === principal;
    const message = same
      ? `${principal} is also ${path}[${before}]; EKS refuses a second entry for a principal.`
      : `${principal} differs from ${path}[${before}] only by case; IAM does not have two names that do.`;
    return [problem({ code: "out-of-range", path: `${path}[${index}]`, message, fix: "Remove it from the list." })];
  });
}

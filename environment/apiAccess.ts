/** Who may reach the Kubernetes API of a created cluster: ranges that EKS refuses, and ranges that keep no client out. */
import { cidrMistake } from "../components/cidr";
import { isEveryAddress, openPart, rangesInWords, reservedIn } from "../components/publicRanges";
import { configSet, shellCommand } from "../sizing/shellCommand";
import { problem, type Problem } from "../sizing/problem";
import type { Settings } from "./settingTypes";

const path = "cluster.publicAccessCidrs";

export function checkApiAccess({ cluster }: Settings, stack: string): Problem[] {
  const ranges = cluster.publicAccessCidrs;
  if (ranges === undefined) return [unset(stack)];
  // A range with a mistake has its own problem.
  const sound = ranges.filter((range) => !cidrMistake(range));
  return [...ranges.flatMap((range, index) => (sound.includes(range) ? checkReserved(range, index) : [])), ...checkOpenness(sound)];
}

const unset = (stack: string): Problem =>
  problem({
    code: "api-access-unset",
    severity: "setBeforeUp",
    path,
    message:
      "No address outside the VPC may reach the Kubernetes API, so Pulumi cannot create objects there unless it runs inside the VPC.",
    fix: `Allow your own address (${shellCommand(...configSet(stack, `${path}[0]`, "<address>/32"))}), or set [] when Pulumi runs inside the VPC.`,
  });

/** A documentation range is a placeholder, which has its own problem; a larger range around one may still be accepted by EKS. */
function checkReserved(range: string, index: number): Problem[] {
  if (isEveryAddress(range)) return [];
  const found = reservedIn(range).filter(({ documentation }) => documentation !== true);
  if (found.length === 0) return [];
  const which = found.map((row) => `${row.range} (${row.use})`).join(", ");
  return [
    problem({
      code: "cidr-invalid",
      path: `${path}[${index}]`,
      message: `"${range}" contains reserved addresses, which EKS refuses for the public endpoint of a cluster: ${which}.`,
      fix: "List public addresses: that of your own network as the internet sees it, and those of its NAT gateways. Inside the VPC no range is needed.",
    }),
  ];
}

/** The API asks every client for a token, so this is a warning: the world may try tokens and use flaws of the API server. */
function checkOpenness(ranges: readonly string[]): Problem[] {
  const part = openPart(ranges);
  if (part === undefined) return [];
  return [
    problem({
      code: "api-access-open",
      severity: "warning",
      path,
      message: `${rangesInWords(ranges)} ${ranges.length > 1 ? "together let" : "lets"} ${part} reach the Kubernetes API; only tokens protect the cluster.`,
      fix: "List the public ranges from which you and Pulumi connect, or set [] when Pulumi runs inside the VPC.",
    }),
  ];
}

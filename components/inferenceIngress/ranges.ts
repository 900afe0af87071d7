/** Who may connect to an endpoint: the form of its ranges, and how much of the internet they admit together. */
import { problem, type Problem } from "../../sizing/problem";
import { cidrMistake } from "../cidr";
import { openPart, rangesInWords } from "../publicRanges";

const path = "inboundCidrs";

/** Whether any client may connect, and whether too many may. `scheme` as in the options of an endpoint. */
export function checkOpenness({ inboundCidrs, scheme }: { inboundCidrs: string[]; scheme?: string }): Problem[] {
  const internetFacing = scheme === "internet-facing";
  if (inboundCidrs.length === 0) return [internetFacing ? noPublicRange : noRange];
  // Ranges with a mistake do not count: their own problem is an error.
  const part = openPart(inboundCidrs.filter((cidr) => !cidrMistake(cidr)));
  return part === undefined ? [] : [open(inboundCidrs, part, internetFacing)];
}

const noRange = problem({
  code: "missing-value",
  path,
  message: "The list of ranges is empty, so no client can connect.",
  fix: "List the ranges of your clients, for example the VPC's.",
});

const noPublicRange = problem({
  code: "public-without-cidrs",
  path,
  message: "An internet-facing endpoint needs a list of the ranges that may connect; the list is empty.",
  fix: "List your clients' public ranges.",
});

export function checkRangeForms(cidr: string, index: number): Problem[] {
  const mistake = cidrMistake(cidr);
  if (!mistake) return [];
  const at = `${path}[${index}]`;
  return [
    problem({
      code: "cidr-invalid",
      path: at,
      message: `"${cidr}" is not a range that a security group accepts: ${mistake.reason}.`,
      fix: mistake.network ? `Write ${mistake.network}.` : "Write an IPv4 range; the load balancer has IPv4 addresses only.",
      changes: mistake.network ? [{ path: at, value: mistake.network }] : [],
    }),
  ];
}

function open(inboundCidrs: string[], part: string, internetFacing: boolean): Problem {
  const [ranges, together] = [rangesInWords(inboundCidrs), inboundCidrs.length > 1];
  const message = internetFacing
    ? `${ranges} ${together ? "together let" : "lets"} ${part} connect; only the API key protects the engine.`
    : `${ranges} ${together ? "together admit" : "admits"} ${part}. The load balancer is internal, so every host of the VPC and of each network that has a route to it can connect.`;
  const fix = internetFacing
    ? "List your clients' public ranges instead."
    : "List the ranges of your clients instead, for example the VPC's.";
  return problem({ code: "public-without-cidrs", severity: "warning", path, message, fix });
}

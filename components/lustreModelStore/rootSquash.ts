/**
 * Whether root on a node is root on the file system too. Off unless a user sets it: the download runs as root, a new file system belongs to
 * root, and FSx applies a change at once to a file system that is in use.
 */
import type * as aws from "@pulumi/aws";
import { problem, type Problem, type ProblemCode } from "../../sizing/problem";

/** LustreModelStoreOptions documents them. */
export interface RootSquashOptions {
  rootSquash?: string;
  noSquashNids?: string[];
}

/** Limits of `LustreRootSquashConfiguration`: https://docs.aws.amazon.com/fsx/latest/APIReference/API_LustreRootSquashConfiguration.html */
const largestId = 4_294_967_294;
const mostNids = 64;
const off = "0:0";

export function rootSquashConfiguration({
  rootSquash,
  noSquashNids,
}: RootSquashOptions): aws.types.input.fsx.LustreFileSystemRootSquashConfiguration | undefined {
  return rootSquash === undefined ? undefined : { rootSquash, ...(noSquashNids?.length && { noSquashNids }) };
}

export function rootSquashProblems({ rootSquash, noSquashNids = [] }: RootSquashOptions): Problem[] {
  const problems = noSquashNids.flatMap(checkNid);
  if (noSquashNids.length > mostNids) {
    const message = `${noSquashNids.length} network ids are listed; FSx takes at most ${mostNids}.`;
    problems.push(found("out-of-range", "noSquashNids", message, "Join addresses to ranges, for example 10.0.1.[0-255]@tcp."));
  }
  if (rootSquash === undefined) {
    if (noSquashNids.length === 0) return problems;
    const message = "Exceptions from root squash are listed, but root squash is not set, so they would have no effect.";
    return [
      ...problems,
      found("missing-value", "rootSquash", message, "Set rootSquash, for example to 65534:65534, or remove noSquashNids."),
    ];
  }
  if (rootSquash !== off && !isSquashed(rootSquash)) {
    const rule = `expected user and group as two numbers from 1 to ${largestId} with a colon between them, or ${off}`;
    const fix = "Set rootSquash to 65534:65534, the user nobody.";
    const changes = [{ path: "rootSquash", value: "65534:65534" }];
    return [...problems, { ...found("out-of-range", "rootSquash", `"${rootSquash}" is not allowed: ${rule}.`, fix), changes }];
  }
  return rootSquash === off || noSquashNids.length > 0 ? problems : [...problems, downloadRefused(rootSquash)];
}

/** FSx squashes only when both numbers are above 0. */
const isSquashed = (text: string) => /^[1-9]\d{0,9}:[1-9]\d{0,9}$/.test(text) && text.split(":").every((id) => Number(id) <= largestId);

function checkNid(nid: string, index: number): Problem[] {
  const octets = /^([^.@]+)\.([^.@]+)\.([^.@]+)\.([^.@]+)@tcp\d{0,2}$/.exec(nid)?.slice(1);
  if (octets?.every(isOctet)) return [];
  const message = `"${nid}" is not a Lustre network id: expected an IPv4 address, with ranges in brackets, and @tcp.`;
  return [found("out-of-range", `noSquashNids[${index}]`, message, "Write it as 10.0.1.6@tcp or 10.0.[0-31].[0-255]@tcp.")];
}

function isOctet(text: string): boolean {
  const [, single, first, last] = /^(?:(\d{1,3})|\[(\d{1,3})-(\d{1,3})\])$/.exec(text) ?? [];
  if (single !== undefined) return Number(single) <= 255;
  return first !== undefined && last !== undefined && Number(first) <= Number(last) && Number(last) <= 255;
}

const downloadRefused = (rootSquash: string): Problem => ({
  ...found(
    "store-feature-conflict",
    "rootSquash",
    `Root of every node becomes ${rootSquash} on the file system, and a new file system belongs to root: a download ends with "Permission denied".`,
    "List the nodes that run the download in noSquashNids, or set rootSquash after the weights are there.",
  ),
  severity: "warning",
});

const found = (code: ProblemCode, path: string, message: string, fix: string): Problem => problem({ code, path, message, fix });

/** Limits of waiting, in the one shape that all components take. */
import { problem, type Problem } from "../sizing/problem";

/** How long Pulumi waits for a resource: hours, minutes and seconds as in `1h30m`, `45m` or `90s`. */
export interface ResourceTimeouts {
  /** Until the resource is ready. @default the argument says it */
  create?: string;
  /** Until a change is in effect. @default the argument says it */
  update?: string;
  /** Until the resource is gone. @default the argument says it */
  delete?: string;
}

const duration = /^(\d+(\.\d+)?(h|m|s))+$/;

/** The engine would refuse a malformed limit in the middle of an update, and takes one of nothing for the provider's default. */
export function timeoutProblems(argument: string, timeouts: ResourceTimeouts = {}): Problem[] {
  return (["create", "update", "delete"] as const).flatMap((operation) => {
    const value = timeouts[operation];
    if (value === undefined || (duration.test(value) && /[1-9]/.test(value))) return [];
    const message = `"${value}" is not a duration: numbers with the units h, m and s, together more than nothing.`;
    return [problem({ code: "wrong-type", path: `${argument}.${operation}`, message, fix: "Write it as 45m or 1h30m." })];
  });
}

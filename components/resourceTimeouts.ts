/** How long Pulumi waits: one shape of limits for all components. */
import { problem, type Problem } from "../sizing/problem";

/** How long Pulumi waits for a resource, in hours, minutes and seconds: `1h30m`, `45m` or `90s`. */
export interface ResourceTimeouts {
  /** Until the resource is ready. @default see the argument */
  create?: string;
  /** Until a change has taken effect. @default see the argument */
  update?: string;
  /** Until the resource is gone. @default see the argument */
  delete?: string;
}

const duration = /^(\d+(\.\d+)?(h|m|s))+$/;

/** The engine would refuse a malformed limit in the middle of an update, and it reads a limit of 0 as the provider's default. */
export function timeoutProblems(argument: string, timeouts: ResourceTimeouts = {}): Problem[] {
  return (["create", "update", "delete"] as const).flatMap((operation) => {
    const value = timeouts[operation];
    if (value === undefined || (duration.test(value) && /[1-9]/.test(value))) return [];
    const message = `"${value}" is not a duration: expected numbers with the units h, m and s, more than 0 in total.`;
    return [problem({ code: "wrong-type", path: `${argument}.${operation}`, message, fix: "Write it as 45m or 1h30m." })];
  });
}

/** The principal behind an ARN. Sessions differ from call to call; the role or the user behind them does not. */

/** A session `arn:aws:sts::1:assumed-role/R/S` is the role R; the session does not contain the role's path. */
export function principalOf(arn: string): string {
  const [, partition, account, role] = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(arn) ?? [];
  return role === undefined ? arn : `arn:${partition ?? "aws"}:iam::${account ?? ""}:role/${role}`;
}

/** Roles are compared by account and name: `role/team/deployer` and a session of `deployer` are the same. */
export const samePrincipal = (one: string, other: string): boolean => withoutPath(principalOf(one)) === withoutPath(principalOf(other));

const withoutPath = (arn: string): string => arn.replace(/(:role\/).*\//, "$1");

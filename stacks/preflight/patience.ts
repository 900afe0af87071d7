/** How long a call to AWS may take: one repetition, and a few seconds, for a preflight that hangs is worse than one that asks nothing. */
export const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 4000, socketTimeout: 4000, throwOnRequestTimeout: true },
};

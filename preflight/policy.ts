/** The rights that the preflight needs, as a policy for the principal that runs it. */
import type { Check } from "./check";

interface PolicyDocument {
  Version: "2012-10-17";
  Statement: { Sid: string; Effect: "Allow"; Action: string[]; Resource: "*" }[];
}

/** "No permissions are required to perform this operation": https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const needsNoPermission = "sts:GetCallerIdentity";

/**
 * One statement for all resources: the actions of ec2, servicequotas, elasticloadbalancing and pricing allow no other. Those of acm, ecr,
 * eks, fsx and route53 could be narrowed to one certificate, repository, cluster or zone; they read only.
 */
export function preflightPolicy(checks: readonly Check[]): PolicyDocument {
  const actions = new Set<string>(checks.flatMap(({ operations }) => operations));
  actions.delete(needsNoPermission);
  return { Version: "2012-10-17", Statement: [{ Sid: "Preflight", Effect: "Allow", Action: [...actions].sort(), Resource: "*" }] };
}

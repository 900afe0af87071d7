/** Tags for every resource that takes tags, and for the one security group that gets fewer. */
import * as pulumi from "@pulumi/pulumi";
import type { Problem } from "../sizing/problem";
import { checkTagSets } from "./tagRules";

export type Tags = Record<string, pulumi.Input<string>>;

/** `Name` helps in the AWS console; the user's tags override it. */
export function namedTags(name: string, tags: pulumi.Input<Tags> | undefined): pulumi.Output<Record<string, string>> {
  return pulumi.output(tags ?? {}).apply((own): Record<string, string> => ({ Name: name, ...own }));
}

/**
 * Tags of the EFA security group. A node's interface has the cluster's group and this one, and the load balancer controller fails if both
 * are tagged as the cluster's (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/gateway/).
 */
export const fabricTags = (tags: pulumi.Output<Record<string, string>>): pulumi.Output<Record<string, string>> =>
  tags.apply((own) => Object.fromEntries(Object.entries(own).filter(([key]) => !key.startsWith("kubernetes.io/cluster/"))));

/** Of a component: `tags` may be Outputs as a whole or one by one, and then AWS judges them. A component adds the key `Name`. */
export function checkComponentTags(tags: unknown, inAnnotation = false): Problem[] {
  if (typeof tags !== "object" || tags === null || pulumi.Output.isInstance(tags) || tags instanceof Promise) return [];
  const plain = Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return checkTagSets({ tags: Object.fromEntries(plain), ownKeys: ["Name"], inAnnotation, controllerKeys: "allowed" });
}

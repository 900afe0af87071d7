/** Tags for everything that takes tags. */
import * as pulumi from "@pulumi/pulumi";

export type Tags = Record<string, pulumi.Input<string>>;

/** `Name` helps in the AWS console; a user's own tags win. */
export function namedTags(name: string, tags: pulumi.Input<Tags> | undefined): pulumi.Output<Record<string, string>> {
  return pulumi.output(tags ?? {}).apply((own): Record<string, string> => ({ Name: name, ...own }));
}

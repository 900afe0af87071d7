/** The provider plugins that a deployment needs. */
import type { PluginRequest } from "./options";

/**
 * Every provider plugin that the program uses, in the installed versions. Pass them as `plugins` when the deploying machine must not
 * download plugins later.
 * @example
 *     automate({ stackName: "acme", plugins: pluginsOfPackage() });
 */
export function pluginsOfPackage(): PluginRequest[] {
  return ["aws", "awsx", "eks", "kubernetes"].map((name) => ({ name, version: installedVersion(name) }));
}

function installedVersion(name: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { version } = require(`@pulumi/${name}/package.json`) as { version: string };
  return version;
}

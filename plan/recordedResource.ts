/** A resource as a program registered it, read from the engine's protocol. */
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";

export interface RecordedResource {
  urn: string;
  /** The simulated account's choice; absent in a preview. */
  id?: string;
  type: string;
  name: string;
  /** False for components: their children do the work. */
  custom: boolean;
  /** A component with children that a provider plugin creates; they are not visible here. */
  remote: boolean;
  parent?: string;
  /** Everything that must exist before: explicit `dependsOn`, and resources that supply inputs. */
  dependsOn: string[];
  /** URN and id of an explicit provider. */
  provider?: string;
  providers: Record<string, string>;
  protect: boolean;
  deletedWith?: string;
  deleteBeforeReplace?: boolean;
  customTimeouts?: { create?: string; update?: string; delete?: string };
  ignoreChanges: string[];
  /** Names of the hooks that run when an operation on the resource fails. */
  errorHooks: string[];
  /** Input values with secrets unwrapped; `secretPaths` says which they were. */
  inputs: Record<string, unknown>;
  secretPaths: string[];
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** Unwraps secrets from the protocol's envelopes and records the path of each. */
export function unwrapSecrets(value: unknown, path: string, secretPaths: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => unwrapSecrets(item, `${path}[${index}]`, secretPaths));
  if (!isTree(value)) return value;
  if (value[signatureKey] === secretSignature) {
    secretPaths.push(path);
    return unwrapSecrets(value.value, path, secretPaths);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item, path ? `${path}.${key}` : key, secretPaths)]),
  );
}

export function recordedResource(request: RegisterResourceRequest, response: RegisterResourceResponse): RecordedResource {
  const secretPaths: string[] = [];
  const timeouts = request.getCustomtimeouts();
  return {
    urn: response.getUrn(),
    ...(response.getId() && { id: response.getId() }),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    ...(request.getParent() && { parent: request.getParent() }),
    dependsOn: request.getDependenciesList(),
    ...(request.getProvider() && { provider: request.getProvider() }),
    providers: Object.fromEntries(request.getProvidersMap().toObject()),
    protect: Boolean(request.getProtect()),
    ...(request.getDeletedwith() && { deletedWith: request.getDeletedwith() }),
    ...(request.getDeletebeforereplacedefined() && { deleteBeforeReplace: request.getDeletebeforereplace() }),
    ...(timeouts && {
      customTimeouts: withoutEmpty({ create: timeouts.getCreate(), update: timeouts.getUpdate(), delete: timeouts.getDelete() }),
    }),
    ignoreChanges: request.getIgnorechangesList(),
    errorHooks: request.getHooks()?.getOnErrorList() ?? [],
    inputs: unwrapSecrets(request.getObject()?.toJavaScript() ?? {}, "", secretPaths) as Tree,
    secretPaths,
  };
}

const withoutEmpty = (timeouts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(timeouts).filter(([, value]) => value !== ""));

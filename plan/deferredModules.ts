/**
 * Defers modules that @pulumi/pulumi and @pulumi/awsx load on import but use only to serialise functions or to call AWS, which a plan never
 * does. Together they take a third of the start-up time. They load at their first use; nothing else about them changes.
 */
import Module from "node:module";

const deferred = new Set(["typescript", "@npmcli/arborist", "normalize-package-data", "@aws-sdk/client-ecs", "mime"]);

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;

/** Only for the process of the command line: a library must not change how other code loads. */
export function deferModules(): void {
  const loader = Module as unknown as { _load: Load };
  const load = loader._load;
  loader._load = (request, parent, isMain) => {
    const now = () => load.call(loader, request, parent, isMain);
    return deferred.has(request) ? whenTouched(now) : now();
  };
}

function whenTouched(load: () => unknown): unknown {
  let loaded: object | undefined;
  const real = () => (loaded ??= load() as object);
  // Compiled code reads `__esModule` at once to decide whether to copy every export.
  // `true` avoids the copy, and `default` is then the module.
  const exported = (key: string | symbol) => (key === "default" && !("default" in real()) ? real() : Reflect.get(real(), key));
  return new Proxy(
    {},
    {
      get: (_, key) => (key === "__esModule" ? true : exported(key)),
      has: (_, key) => Reflect.has(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => ({ ...Reflect.getOwnPropertyDescriptor(real(), key), configurable: true }),
    },
  );
}

/**
 * Modules that @pulumi/pulumi and @pulumi/awsx load on import and use only to serialise functions or to talk to AWS, which no plan does:
 * together a third of the start. They load when they are first touched; nothing else about them changes.
 */
import Module from "node:module";

const deferred = new Set(["typescript", "@npmcli/arborist", "normalize-package-data", "@aws-sdk/client-ecs", "mime"]);

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;

/** For the process of the command line alone: a library must not change how other code loads. */
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
  // Compiled code asks for `__esModule` at once, to decide whether to copy every export:
  // a "yes" saves that, and `default` is then the module.
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

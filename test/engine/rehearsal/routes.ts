/** Which paths reach the engine, read from the rules that a program registers, by the rules of the load balancer. */
import type { Recording } from "../../../plan/recordingMonitor";
import { ofType } from "../../support/record";

interface Rule {
  listenerArn: string;
  priority: number;
  conditions: { pathPattern?: { values: string[] } }[];
  actions: { type: string }[];
}

/**
 * Patterns are compared with the path as it was sent, and case matters. `*` is any text, `?` one character:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 */
function matches(pattern: string, path: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(path);
}

/** In mode direct: whether any listener forwards the path, by a rule or by default. A condition that is not of paths may hold. */
export function forwarded(recording: Recording, path: string): boolean {
  const rules = ofType(recording, "aws:lb/listenerRule:ListenerRule").map(({ inputs }) => inputs as unknown as Rule);
  return ofType(recording, "aws:lb/listener:Listener").some(({ id: arn, inputs }) => {
    const own = rules.filter(({ listenerArn }) => listenerArn === arn).sort((a, b) => a.priority - b.priority);
    const rule = own.find(({ conditions }) =>
      conditions.every(({ pathPattern }) => !pathPattern || pathPattern.values.some((pattern) => matches(pattern, path))),
    );
    const actions = (rule?.actions ?? inputs.defaultActions) as { type: string }[];
    return actions.some(({ type }) => type === "forward");
  });
}

interface IngressPath {
  path: string;
  pathType: string;
}

/** In mode controller, by the Ingress: https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types */
export function routed(recording: Recording, path: string): boolean {
  return ofType(recording, "kubernetes:networking.k8s.io/v1:Ingress").some(({ inputs }) => {
    const { rules, defaultBackend } = inputs.spec as { rules: { http: { paths: IngressPath[] } }[]; defaultBackend?: unknown };
    const paths = rules.flatMap(({ http }) => http.paths);
    return defaultBackend !== undefined || paths.some((each) => underPath(each, path));
  });
}

function underPath({ path: given, pathType }: IngressPath, path: string): boolean {
  if (pathType === "Exact") return path === given;
  if (pathType === "Prefix") return given === "/" || path === given || path.startsWith(`${given.replace(/\/$/, "")}/`);
  return matches(given, path);
}

/** No role has all rights, and not everyone may take one. */
import { isUnknown, listAt, valueAt, type CheckedResource } from "../checkedResource";
import { objectsIn } from "../podSpecs";
import { resourceRule, type Finding } from "../rule";

interface Settings {
  refusedPolicies: string[];
}

export const administratorRights = resourceRule<Settings>(
  {
    name: "administrator-rights",
    description:
      "IAM policies do not allow every action on every resource, no policy trusts every principal without a " +
      "condition, and no role of the " +
      "cluster is bound to everyone: a pod or a stranger that takes such a role owns the account or the cluster.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    settings: {
      refusedPolicies: {
        type: "array",
        items: { type: "string" },
        default: ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"],
        description: "AWS's own policies that nothing may attach",
      },
    },
  },
  (resource, { refusedPolicies }) => {
    if (/^kubernetes:rbac\.authorization\.k8s\.io\//.test(resource.type)) return checkBindings(resource);
    if (!resource.type.startsWith("aws:")) return [];
    // The policy of a VPC endpoint gives no rights: it narrows those that callers have, and must name everyone to do so.
    if (/^aws:ec2\/vpcEndpoint(Policy)?:/.test(resource.type)) return [];
    return [...checkAttached(resource, refusedPolicies), ...documentsOf(resource).flatMap((each) => checkDocument(resource, each))];
  },
);

function checkAttached(resource: CheckedResource, refused: string[]): Finding[] {
  const { inputs } = resource;
  const attached = [
    { path: "policyArn", value: inputs.policyArn },
    ...listAt(inputs, "managedPolicyArns").map((value, index) => ({ path: `managedPolicyArns[${index}]`, value })),
    ...listAt(inputs, "policyArns").map((value, index) => ({ path: `policyArns[${index}]`, value })),
  ];
  return attached
    .filter(({ value }) => typeof value === "string" && refused.some((name) => value.endsWith(`/${name}`)))
    .map(({ path, value }) => ({
      ...{ resource, path, value },
      ...{ rule: "a role must not have the rights of an administrator", fix: "Attach a policy with the actions that it needs" },
    }));
}

interface Document {
  path: string;
  statements: unknown[];
}

/** Policies are text or objects; every input whose name says so is read. */
function documentsOf({ inputs }: CheckedResource): Document[] {
  const named = objectsIn(inputs).flatMap(({ path, value }) =>
    Object.entries(value)
      .filter(([key]) => /polic(y|ies)$/i.test(key) || key === "policyDocument")
      .map(([key, text]) => ({ path: path === "" ? key : `${path}.${key}`, text })),
  );
  return named.flatMap(({ path, text }) => {
    const statements = valueAt(parsed(text), "Statement");
    if (statements === undefined) return [];
    return [{ path, statements: Array.isArray(statements) ? (statements as unknown[]) : [statements] }];
  });
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // a name or an ARN
  }
}

const many = (value: unknown): string[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);

function checkDocument(resource: CheckedResource, { path, statements }: Document): Finding[] {
  return statements.flatMap((statement, index) => {
    if (valueAt(statement, "Effect") !== "Allow") return [];
    const at = `${path} Statement[${index}]`;
    return [...checkActions(resource, at, statement), ...checkPrincipal(resource, at, statement)];
  });
}

/** Wildcards may be repeated, and a question mark stands for one character. */
const everyAction = /^(iam:)?[*?]*\*[*?]*(:[*?]+)?$/i;
/** Rights over every role, user, group or policy of an account are rights over the account. */
const everyResource = /^[*?]*\*[*?]*$|^arn:[^:]*:(iam|[*?]+):[^:]*:[^:]*:((role|user|group|policy)\/)?\*+$/i;

function checkActions(resource: CheckedResource, at: string, statement: unknown): Finding[] {
  const actions = many(valueAt(statement, "Action"));
  const everywhere =
    valueAt(statement, "NotResource") !== undefined || many(valueAt(statement, "Resource")).some((each) => everyResource.test(each));
  // A policy of a resource, such as a key's, means that resource by "*", and a trust policy has none.
  if (!everywhere || valueAt(statement, "Principal") !== undefined) return [];
  const all = actions.filter((action) => everyAction.test(action));
  const allBut = valueAt(statement, "NotAction");
  if (all.length === 0 && allBut === undefined) return [];
  const rule = "a policy must not allow every action, or every action of IAM, on every resource";
  const value = all.length > 0 ? all : "NotAction";
  return [{ resource, path: `${at}.${all.length > 0 ? "Action" : "NotAction"}`, value, rule, fix: "List the actions that it needs" }];
}

function checkPrincipal(resource: CheckedResource, at: string, statement: unknown): Finding[] {
  const principal = valueAt(statement, "Principal");
  const named = typeof principal === "object" && principal !== null ? Object.values(principal).flatMap(many) : many(principal);
  const condition = valueAt(statement, "Condition");
  const isLimited = typeof condition === "object" && condition !== null && Object.keys(condition).length > 0;
  if (isLimited || isUnknown(principal) || (!named.includes("*") && valueAt(statement, "NotPrincipal") === undefined)) return [];
  const rule = "a policy must not trust every principal";
  return [{ resource, path: `${at}.Principal`, value: principal, rule, fix: "Name the principal, or add a condition" }];
}

/** Groups and users of Kubernetes that hold every user or every pod. */
const everyone = ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"];

function checkBindings(resource: CheckedResource): Finding[] {
  return objectsIn(resource.inputs).flatMap(({ path, value }) =>
    listAt(value, "subjects").flatMap((subject, index) => {
      const name = valueAt(subject, "name");
      if (!everyone.includes(String(name))) return [];
      const at = `${path === "" ? "" : `${path}.`}subjects[${index}].name`;
      return [
        { resource, path: at, value: name, rule: "a role must not be bound to everyone", fix: "Bind it to a named group or account" },
      ];
    }),
  );
}

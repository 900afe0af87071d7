// Proves which keys of a stack's configuration are refused because no program would read them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { pulumiPackages } from "../../catalog/pulumiPackages";
import { checkNamespaces } from "../../environment/namespaces";

const check = (project: string, ...keys: string[]) => checkNamespaces({ keys, project, stack: "dev" });
const found = (project: string, ...keys: string[]) => check(project, ...keys).map(({ severity, path }) => `${severity} ${path}`);

describe("the namespace of a key", () => {
  for (const key of [
    "vllm:model",
    "vllmeks:model",
    "vllm_eks:model",
    "VLLM-EKS:model",
    "vllm-esk:model",
    "vlm-eks:model",
    "vllm-eks-dev:model",
    "vllm.eks:x",
  ])
    it(`is a typing error in any project: ${key}`, () => {
      for (const project of ["vllm-eks", "shop"]) {
        const [problem, ...more] = check(project, key);
        const severity = project === "vllm-eks" || /^vllm[._-]?eks:/i.test(key) ? "error" : "warning";
        assert.deepEqual([problem?.code, problem?.severity, problem?.path, more], ["unknown-key", severity, key, []]);
        const name = key.split(":")[1]!;
        assert.ok(
          problem!.fix.startsWith(`Did you mean vllm-eks:${name}? Set it: pulumi config set -s dev vllm-eks:${name} '<value>'.`),
          problem!.fix,
        );
      }
    });

  for (const key of ["AWS:region", "asw:region", "aw:region", "awss:region"])
    it(`is a typing error for aws: ${key}`, () => {
      const [problem] = check("shop", key);
      assert.match(problem?.fix ?? "", /^Did you mean aws:region\? /);
    });

  it("that is nearly ours or aws may belong to the program of another project: a warning", () => {
    assert.deepEqual(found("shop", "vllm-aks:model", "laws:text", "vllm-eks-dashboard:team"), [
      "warning vllm-aks:model",
      "warning laws:text",
      "warning vllm-eks-dashboard:team",
    ]);
    assert.deepEqual(found("shop", "AWS:region", "vllm_eks:model"), ["error AWS:region", "error vllm_eks:model"]);
    assert.deepEqual(found("vllm-eks", "vllm-aks:model", "laws:text"), ["error vllm-aks:model", "error laws:text"]);
  });

  it("may be ours, the provider's, Pulumi's, or another provider's", () => {
    const keys = [
      "vllm-eks:model",
      "aws:region",
      "pulumi:tags",
      "kubernetes:context",
      "gcp:project",
      "azure-native:location",
      "awsx:x",
      "eks:x",
    ];
    assert.deepEqual(found("vllm-eks", ...keys), []);
    assert.deepEqual(found("shop", ...keys), []);
  });

  it("that is not known is an error in a project of this program, and the business of another project", () => {
    assert.deepEqual(found("vllm-eks", "acme:team"), ["error acme:team"]);
    assert.match(
      check("vllm-eks", "acme:team")[0]!.fix,
      /^Remove it: pulumi config rm -s dev acme:team\. .* another name in Pulumi\.yaml\.$/,
    );
    assert.deepEqual(found("shop", "acme:team", "shop:team"), []);
  });

  it("of your own project is yours, and a key that only this program knows is warned about once", () => {
    assert.deepEqual(found("shop", "shop:model", "shop:team"), ["warning shop:model"]);
    assert.deepEqual(found("shop", "shop:model", "vllm-eks:model"), []);
    assert.deepEqual(found("vllm", "vllm:model"), ["warning vllm:model"]);
  });

  it("in the earlier form with :config: is the same", () =>
    assert.deepEqual(found("shop", "aws:config:region", "vllm-eks:config:model"), []));

  it("is never taken for ours or aws when it is a known package", () => {
    assert.deepEqual(found("shop", ...pulumiPackages.map((name) => `${name}:key`)), []);
    assert.equal(pulumiPackages.length, new Set(pulumiPackages).size);
  });

  it("may be any text: the check answers and does not throw", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (project, key) => Array.isArray(check(project, key))));
  });
});

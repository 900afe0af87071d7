/** Which folder may import which. `npm run lint` checks this; docs/design.md says why; test/package/layers.spec.ts breaks each once. */

/** Folders from the inside out; each may import only those before it. */
const layers = ["catalog", "sizing", "components", "environment", "preflight", "stacks", "plan", "policy", "automation"];

const pointInwards = layers.slice(0, -1).map((layer, index) => {
  const outer = layers.slice(index + 1);
  return {
    name: `${layer}-imports-inwards`,
    comment: `${layer}/ may not import ${outer.join(", ")}: dependencies point inwards (docs/design.md).`,
    severity: "error",
    from: { path: `^${layer}/` },
    to: { path: `^(${outer.join("|")})/` },
  };
});

/** Layers that compute plain values from plain values. */
const pure = ["catalog", "sizing", "environment"].flatMap((layer) => [
  {
    name: `${layer}-without-pulumi`,
    comment: `${layer}/ computes plain values and imports no Pulumi.`,
    severity: "error",
    from: { path: `^${layer}/` },
    to: { path: "(^|/)@pulumi/" },
  },
  {
    name: `${layer}-without-input-output`,
    comment: `${layer}/ does no input or output.`,
    severity: "error",
    from: { path: `^${layer}/` },
    to: { path: "^(node:)?(fs|child_process|http|https|net|os|process)(/|$)" },
  },
]);

export default {
  forbidden: [
    ...pointInwards,
    ...pure,
    {
      name: "program-without-policies",
      comment: "Policies check a program from outside, so the program does not import them.",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { path: "^policy/" },
    },
    {
      name: "no-circles",
      comment:
        "You cannot read or move modules one by one if they import each other, even only types: move what both need into a third module.",
      severity: "error",
      from: { pathNot: "^components/" }, // Delete pathNot when components/ has no circles left.
      to: { circular: true },
    },
  ],
  // Type imports count. The check sees the names of packages but does not read them.
  options: { tsPreCompilationDeps: true, doNotFollow: { path: "node_modules" } },
};

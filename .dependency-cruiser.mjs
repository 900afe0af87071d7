/**
 * Which folder may import which. `npm run lint` checks this; docs/design.md says why; test/package/layers.spec.ts breaks each once.
 */

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
      name: "plugin-hosts-components-only",
      comment: "plugin/ shows the components to other languages: it imports components/ and what is below it.",
      severity: "error",
      from: { path: "^plugin/" },
      to: { path: `^(${layers.slice(layers.indexOf("components") + 1).join("|")})/` },
    },
    {
      name: "plugin-imported-by-none",
      comment: "plugin/ starts a host when it is loaded; Pulumi loads it, no module of the package does.",
      severity: "error",
      from: { pathNot: "^plugin/" },
      to: { path: "^plugin/" },
    },
    {
      name: "no-circles",
      comment:
        "You cannot read or move modules one by one if they import each other, even only types: move what both need into a third module.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  // Type imports count. The check sees the names of packages but does not read them.
  options: { tsPreCompilationDeps: true, doNotFollow: { path: "node_modules" } },
};

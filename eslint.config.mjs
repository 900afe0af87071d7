import eslint from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** Folders from the inside out; each may import only those before it. */
const layers = ["catalog", "sizing", "components", "environment", "preflight", "stacks", "plan", "policy", "automation"];

/** Forbids imports of every layer outside `layer`, so that arrows point one way: catalog ← sizing ← components ← environment ← preflight ← stacks ← plan ← policy ← automation. */
function inwardImportsOnly(layer) {
  const outer = layers.slice(layers.indexOf(layer) + 1);
  const patterns = [];
  if (outer.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${outer.join("|")})(/|$)`,
      message: `${layer}/ may not import ${outer.join(", ")}: dependencies point inwards (docs/design.md).`,
    });
  }
  if (["catalog", "sizing", "environment"].includes(layer)) {
    patterns.push({ regex: "^@pulumi/", message: `${layer}/ computes plain values and imports no Pulumi.` });
    patterns.push({ regex: "^(node:)?(fs|child_process|http|https|net|os|process)(/|$)", message: `${layer}/ does no input or output.` });
  }
  return { files: [`${layer}/**/*.ts`], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export default tseslint.config(
  { ignores: [".build/", ".engine/", "dist/", "coverage/", "node_modules/"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  { rules: { "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }] } },
  {
    files: ["**/*.ts"],
    plugins: { "@pulumi": pulumi },
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    },
  },
  ...layers.map(inwardImportsOnly),
  {
    files: ["index.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^\\./policy(/|$)", message: "A program is judged by policies from outside and knows none of them." }] },
      ],
    },
  },
  {
    // Components and sizing must give the same answer on every machine and day.
    files: ["catalog/**/*.ts", "sizing/**/*.ts", "components/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", { name: "process", message: "Take it as an argument." }],
      "no-restricted-properties": ["error", { object: "Date", property: "now" }, { object: "Math", property: "random" }],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "@typescript-eslint/no-unused-expressions": "off" },
  },
  // Objects as an API server or an engine hands them out have whatever fields they have.
  { files: ["test/engine/**/*.ts"], rules: { "@typescript-eslint/no-explicit-any": "off" } },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  {
    files: ["**/*.cjs", "**/*.mjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        Buffer: "readonly",
        __dirname: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        globalThis: "readonly",
        require: "readonly",
        module: "writable",
      },
    },
  },
);

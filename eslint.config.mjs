import eslint from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

/** A file that you read as a whole should fit on a few screens. Counts all lines, as an editor does. */
const mostLines = (max) => ({ "max-lines": ["error", { max, skipBlankLines: false, skipComments: false }] });

/** Each holds one ComponentResource: its constructor and documentation belong together. */
const componentFiles = ["efaGpuNodeGroup", "inferenceIngress", "lustreModelStore", "vllmLeaderWorkerSet"].map(
  (name) => `components/${name}/${name}.ts`,
);

/** Tables of facts, one row or field per line: you search them instead of reading them. */
const tables = [
  "catalog/durations.ts",
  "catalog/engineFlagTable.ts",
  "catalog/gpus.ts",
  "catalog/models.ts",
  "catalog/recentModels.ts",
  "catalog/versions.ts",
  "environment/configSchema.ts",
  "sizing/model/architectures.ts",
  "test/calibration/rows.ts",
];

/** Longer than the rule allows. Divide each file, then delete its line here. */
const tooLong = [
  "components/lustreModelStore/downloadScript.ts",
  "test/engine/cloud/cloud.ts",
  "test/engine/cloud/components.ts",
  "test/engine/cloud/provider.ts",
  "test/engine/cloud/typeRules.ts",
  "test/engine/support/controlPlane.ts",
  "test/engine/tools/build.mjs",
  "test/support/anyConfiguration.ts",
];

export default tseslint.config(
  { ignores: [".build/", ".engine/", ".vllm/", "dist/", "coverage/", "node_modules/"] },
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
  {
    rules: {
      ...mostLines(200),
      // Prettier wraps code; this rule limits comments. Strings, templates, patterns and URLs cannot be wrapped.
      "max-len": ["error", { code: 140, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
    },
  },
  { files: componentFiles, rules: mostLines(250) },
  { files: ["**/*.spec.ts"], rules: mostLines(300) },
  { files: [...tables, ...tooLong], rules: { "max-lines": "off" } },
  {
    // Catalog, sizing and components must give the same result on every machine and every day.
    files: ["catalog/**/*.ts", "sizing/**/*.ts", "components/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", { name: "process", message: "Pass it as an argument." }],
      "no-restricted-properties": ["error", { object: "Date", property: "now" }, { object: "Math", property: "random" }],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "@typescript-eslint/no-unused-expressions": "off" },
  },
  // Objects from an API server or an engine may have any fields.
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

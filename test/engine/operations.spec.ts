import assert from "node:assert/strict";
import { commands } from "../docs/documents";
import type { Account } from "./cloud/account";
import { ownStack } from "./support/ownStack";
import type { PulumiStack } from "./support/pulumiCli";

// Proves that every `pulumi` command of docs/operations.md runs on `dev`, in a sensible order. The commands of kubectl, aws and helm are
// not run.

/** The values that a reader fills in. */
const filledIn: Record<string, string> = {
  "<new key>": "sk-engine-lane-operations-second",
  "<token>": "hf_engine_lane",
  "<your address>/32": "100.20.30.41/32",
};

const session: string[] = [
  "up",
  "stack output kubeconfig",
  "stack output portForward",
  "stack output tryIt",
  "stack output model",
  "preview --expect-no-changes",
  "preview --diff",
  "config get apiKey",
  "config set protect true",
  "up",
  "state unprotect --all",
  "config set protect false",
  "up",
  "config set --secret apiKey <new key>",
  "config set --secret huggingFaceToken <token>",
  "config set --path cluster.publicAccessCidrs[0] <your address>/32",
  "config set --path cluster.version 1.35",
  "up",
  "config set model Qwen/Qwen3-32B",
  "config set --path modelStore.storageCapacityGiB 2400",
  "up",
  "up --replace **::weights-file-system",
  "config set nodeCount 0",
  "config set replicas 0",
  "up",
  "config rm replicas",
  "config set nodeCount 2",
  "refresh",
  "cancel",
  "destroy",
  "stack rm",
];

describe("the commands of docs/operations.md", () => {
  let account: Account;
  let stack: PulumiStack;

  before(async () => {
    ({ account, stack } = await ownStack("operations", "dev"));
  });

  it("are all run by this spec", () => {
    const documented = commands("pulumi")
      .filter(({ file }) => file === "docs/operations.md")
      .map(({ words }) => words.slice(1).join(" ").replace(/\)$/, ""))
      // Leave out `pulumi up` where a sentence only mentions it, and words that begin a sentence.
      .filter((command) => /^[a-z]+( |$)/.test(command) && !/^config set( --path)?$/.test(command));
    assert.deepEqual(
      [...new Set(documented)].filter((command) => !session.includes(command)),
      [],
    );
  });

  for (const [index, command] of session.entries()) {
    it(`${index + 1}: pulumi ${command}`, async () => {
      const filled = Object.entries(filledIn).reduce((text, [gap, value]) => text.replace(gap, value), command);
      stack.succeeded(await stack.typed(filled.split(" ")));
    });
  }

  it("leave nothing behind", async () => {
    assert.deepEqual(await account.objects(), []);
  });
});

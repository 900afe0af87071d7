// Replaces automation/runner.ts in tests: sends the same messages and does nothing. The name of the stack selects how it ends.
const behaviours = {
  good: (assignment) => {
    for (const percent of [10, 60]) process.send({ kind: "progress", progress: { percent } });
    process.send({ kind: "output", line: `${assignment.operation} ${process.env.MARK}` });
    const { tell, request } = assignment;
    process.send({ kind: "done", result: { changes: { create: 2 }, minutes: 1, outputs: { tell, request } } }, () => process.exit(0));
  },
  variables: () => {
    for (const line of Object.keys(process.env)) process.send({ kind: "output", line });
    process.send({ kind: "done", result: { changes: {}, minutes: 0, outputs: {} } }, () => process.exit(0));
  },
  refused: ({ options, operation }) => {
    const nothing = { resources: ["gpu-nodes"], advice: "wait", problems: [], original: "words" };
    const failure = { cause: "no-capacity", operation, stackName: options.stackName, message: "none there", ...nothing };
    process.send({ kind: "failed", failure }, () => process.exit(0));
  },
  dying: ({ options }) => {
    console.error(`it has read ${options.environment.apiKey}`);
    process.stderr.write("", () => process.exit(3));
  },
  endless: () => setInterval(() => {}, 1000),
};

process.on("message", (order) => {
  if (order.kind === "assignment") return behaviours[order.options.stackName](order);
  const failure = { cause: "cancelled", operation: "deploy", stackName: "endless", message: "stopped" };
  process.send({ kind: "failed", failure: { ...failure, resources: [], advice: "", problems: [], original: "" } }, () => process.exit(0));
});
process.send({ kind: "ready" });

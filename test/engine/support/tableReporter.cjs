// The spec reporter, and after it one table: case, result, seconds.
const { reporters, Runner } = require("mocha");

module.exports = class TableReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const rows = [];
    const note = (result) => (test) => rows.push({ title: test.fullTitle(), result, seconds: ((test.duration ?? 0) / 1000).toFixed(1) });
    runner.on(Runner.constants.EVENT_TEST_PASS, note("passed"));
    runner.on(Runner.constants.EVENT_TEST_FAIL, note("FAILED"));
    runner.on(Runner.constants.EVENT_TEST_PENDING, note("skipped"));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const width = Math.max(4, ...rows.map(({ title }) => title.length));
      console.log(`${"case".padEnd(width)}  result   seconds`);
      for (const { title, result, seconds } of rows) console.log(`${title.padEnd(width)}  ${result.padEnd(7)}  ${seconds.padStart(7)}`);
      console.log();
    });
  }
};

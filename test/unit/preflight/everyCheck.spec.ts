// Proves of every check what all of them owe: they call what they say, leave a refusal and a late answer to be listed, and call nothing good
// that they could not read. What each makes of an answer stands in the spec of its theme. That AWS answers like this is a matter of its API.
import assert from "node:assert/strict";
import type { Operation } from "../../../preflight/account/account";
import { accountChecks } from "../../../preflight/account/accountChecks";
import { preflight, denied, Late, type Answers, type Settings } from "./recordedAccount";
import { goodCases } from "./goodCases";

const identity = accountChecks[0]!;
const callsOf = async (settings: Settings, name: string, answers: Answers): Promise<Operation[]> => {
  const { account } = await preflight([checkNamed(name)], settings, answers);
  return [...new Set(account.calls.map((call) => call.name))];
};
const checkNamed = (name: string) => accountChecks.find((check) => check.name === name)!;

describe("every question to the account", () => {
  it("has a name of its own and an account in which it is well", () => {
    assert.deepEqual(
      goodCases.map(({ name }) => name),
      accountChecks.map(({ name }) => name),
    );
    assert.equal(new Set(accountChecks.map(({ name }) => name)).size, 15);
  });

  for (const { name, settings, answers, answer } of goodCases) {
    describe(name, () => {
      it("is good where all is well, and says what was found", async () => {
        const { report } = await preflight([checkNamed(name)], settings, answers);
        assert.deepEqual(
          report.checks.map((check) => [check.outcome, check.answer]),
          [["good", answer]],
        );
      });

      it("asks in a sentence and calls nothing besides its operations", async () => {
        const { report, account } = await preflight([checkNamed(name)], settings, answers);
        assert.match(report.checks[0]!.question, /^[A-Z].*\?$/);
        assert.ok(account.calls.length > 0);
        for (const call of account.calls) assert.ok(checkNamed(name).operations.includes(call.name), call.name);
        assert.equal(report.checks[0]!.source, [...new Set(account.calls.map((call) => call.name))].join(", "));
      });

      it("is not asked, in AWS's words, where any of its calls is denied", async () => {
        for (const operation of await callsOf(settings, name, answers)) {
          const { report } = await preflight([checkNamed(name)], settings, { ...answers, [operation]: denied(operation) });
          assert.deepEqual(
            report.checks.map((check) => [check.outcome, check.answer, check.problems]),
            [
              [
                "notAsked",
                `AccessDeniedException: User: arn:aws:iam::123456789012:user/reader is not authorized to perform: ${operation}`,
                [],
              ],
            ],
          );
        }
      });

      it("is not asked where an answer is empty, and says what was missing", async () => {
        for (const operation of await callsOf(settings, name, answers)) {
          const { report } = await preflight([checkNamed(name)], settings, { ...answers, [operation]: {} });
          assert.deepEqual(
            report.checks.map((check) => check.outcome),
            ["notAsked"],
            operation,
          );
          assert.match(report.checks[0]!.answer, new RegExp(`^${operation} answered without \\S`));
        }
      });

      it("is not asked where an answer is late, and holds up no other", async () => {
        const [slow] = (await callsOf(settings, name, answers)).filter((each) => each !== "sts:GetCallerIdentity");
        if (slow === undefined) return; // identity itself
        const { report } = await preflight(
          [checkNamed(name), identity],
          settings,
          { ...goodCases[0]!.answers, ...answers, [slow]: new Late(60) },
          20,
        );
        assert.deepEqual(
          report.checks.map((check) => [check.outcome, check.answer]),
          [
            ["notAsked", "no answer in 0.02 s"],
            ["good", goodCases[0]!.answer],
          ],
        );
      });
    });
  }
});

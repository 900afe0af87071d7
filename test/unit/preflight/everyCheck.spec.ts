// Proves the rules for all checks: they make only the calls that they declare, list a refusal or late answer as not asked, and call nothing
// good that they could not read. Other specs prove what each makes of an answer. This spec does not prove that AWS answers like this.
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
  it("has a unique name and an account in which the answer is good", () => {
    assert.deepEqual(
      goodCases.map(({ name }) => name),
      accountChecks.map(({ name }) => name),
    );
    assert.equal(new Set(accountChecks.map(({ name }) => name)).size, 15);
  });

  for (const { name, settings, answers, answer } of goodCases) {
    describe(name, () => {
      it("is good if all is well, and says what it found", async () => {
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

      it("is not asked, with AWS's message, if any of its calls is denied", async () => {
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

      it("is not asked if an answer is empty, and says what is missing", async () => {
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

      it("is not asked if an answer is late, and does not delay the others", async () => {
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

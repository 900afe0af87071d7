// Proves how the price list is asked and read. The invoice may differ: savings plans and credits are not in the list.
import assert from "node:assert/strict";
import { prices, findPricesToday } from "../../../preflight/account/checks/prices";
import { environmentOf } from "../../support/environments";
import { priceList, product } from "./answers";
import { adopted, reserved } from "./goodCases";
import { awsError, preflight, recordedAccount, resultOf, type Answers, type Settings } from "./recordedAccount";

const listing = (...list: string[]): Answers => ({ "pricing:GetProducts": { FormatVersion: "aws_v1", PriceList: list } });
const found = (settings: Settings, answers: Answers) => {
  const [stack, ...rest] = settings;
  const environment = environmentOf(stack, ...rest);
  const machine = {} as Parameters<typeof findPricesToday>[0]["machine"];
  return findPricesToday({ environment, aws: environment.aws!, account: recordedAccount(answers), cluster: undefined, machine });
};

describe("today's prices", () => {
  it("are asked for Linux on shared hardware, without software, and not for the two kinds of reserved hours", async () => {
    const { account } = await preflight([prices], adopted, priceList({ "p4d.24xlarge": "21.96" }));
    const filter = (Field: string, Value: string) => ({ Type: "TERM_MATCH", Field, Value });
    assert.deepEqual(
      account.calls.map(({ input }) => input),
      [
        {
          ServiceCode: "AmazonEC2",
          Filters: [
            filter("instanceType", "p4d.24xlarge"),
            filter("regionCode", "us-west-2"),
            filter("operatingSystem", "Linux"),
            filter("tenancy", "Shared"),
            filter("preInstalledSw", "NA"),
            filter("capacitystatus", "Used"),
          ],
          MaxResults: 100,
        },
      ],
    );
  });

  it("are shown beside the catalog's, which may be for another region", async () => {
    const answers = priceList({ "p4d.24xlarge": "24.1500000000", "m6i.large": "0.1070000000" });
    const result = await resultOf(prices, ["dev", "aws:region=eu-west-1"], answers);
    assert.equal(result.outcome, "good");
    assert.equal(
      result.answer,
      "p4d.24xlarge $24.15/h on demand (catalog: $21.957642/h, us-east-1); m6i.large $0.107/h on demand (catalog: $0.096/h, us-east-1)",
    );
  });

  it("leave out the prices of capacity blocks", async () => {
    const blocks = [product("p5en.48xlarge", "63.2960000000"), product("p5en.48xlarge", "0.0000000000", { marketoption: "CapacityBlock" })];
    const result = await resultOf(prices, [...reserved, "cluster.systemInstanceType=p5en.48xlarge"], listing(...blocks));
    assert.equal(result.answer, "p5en.48xlarge $63.296/h on demand (catalog: $63.296/h, us-east-1)");
    const dear = product("p5en.48xlarge", "40.0000000000", { marketoption: "CapacityBlock" });
    const other = await resultOf(prices, adopted, listing(blocks[0]!, dear, product("p5en.48xlarge", "0.0000000000")));
    assert.match(other.answer, /\$63\.296\/h/);
  });

  for (const [words, answers, answer] of [
    ["there is none", listing(), "AWS lists no on-demand price of p4d.24xlarge in us-west-2"],
    [
      "there are two",
      listing(product("p4d.24xlarge", "1"), product("p4d.24xlarge", "2")),
      "AWS lists several on-demand prices of p4d.24xlarge in us-west-2: 1, 2",
    ],
    ["the list is not JSON", listing("<html>"), "pricing:GetProducts answered with a product that is not a JSON object"],
    ["the list is not an object", listing("null"), "pricing:GetProducts answered with a product that is not a JSON object"],
    ["a product has no terms", listing("{}"), "AWS lists no on-demand price of p4d.24xlarge in us-west-2"],
  ] as const) {
    it(`are not asked if ${words}`, async () => {
      const result = await resultOf(prices, adopted, answers);
      assert.deepEqual([result.outcome, result.answer], ["notAsked", answer]);
    });
  }

  it("are numbers for the plan, for the types with an answer", async () => {
    const today = { asOf: "2026-11-24" };
    assert.deepEqual(await found(["dev"], priceList({ "p4d.24xlarge": "21.96", "m6i.large": "0.096" })), {
      "p4d.24xlarge": { usdPerHour: 21.96, ...today },
      "m6i.large": { usdPerHour: 0.096, ...today },
    });
    assert.deepEqual(await found(["dev"], priceList({ "m6i.large": "0.096" })), { "m6i.large": { usdPerHour: 0.096, ...today } });
    assert.deepEqual(await found(["dev"], { "pricing:GetProducts": awsError("AccessDeniedException", "no") }), {});
  });
});

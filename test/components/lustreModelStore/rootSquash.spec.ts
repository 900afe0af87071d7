import assert from "node:assert/strict";
import fc from "fast-check";
import { rootSquashConfiguration, rootSquashProblems, type RootSquashOptions } from "../../../components/lustreModelStore/rootSquash";
import { environmentOf, recordEnvironment } from "../../support/environments";
import { only } from "../../support/record";

// Proves what is sent to FSx and what is refused. Only FSx can show that it keeps root of a node from the files.

const found = (options: RootSquashOptions) => rootSquashProblems(options).map(({ severity, code, path }) => `${severity} ${code} ${path}`);
const fileSystemOf = async (...settings: string[]) =>
  only(await recordEnvironment(environmentOf("dev", ...settings)), "aws:fsx/lustreFileSystem:LustreFileSystem").inputs;

describe("root squash of the file system", () => {
  it("is not touched unless a user asks: the file system gets no such setting", async () => {
    assert.equal("rootSquashConfiguration" in (await fileSystemOf()), false);
    assert.equal(rootSquashConfiguration({ noSquashNids: ["10.0.1.6@tcp"] }), undefined);
  });

  it("reaches the file system as it is configured", async () => {
    const nids = 'modelStore.noSquashNids=["10.0.[0-31].[0-255]@tcp"]';
    assert.deepEqual((await fileSystemOf("modelStore.rootSquash=65534:65534", nids)).rootSquashConfiguration, {
      rootSquash: "65534:65534",
      noSquashNids: ["10.0.[0-31].[0-255]@tcp"],
    });
    assert.deepEqual((await fileSystemOf("modelStore.rootSquash=0:0")).rootSquashConfiguration, { rootSquash: "0:0" });
  });

  it("warns that the download could not write when no node is excepted", () => {
    assert.deepEqual(found({ rootSquash: "65534:65534" }), ["warning store-feature-conflict rootSquash"]);
    assert.deepEqual(found({ rootSquash: "0:0" }), []);
    assert.deepEqual(found({ rootSquash: "65534:65534", noSquashNids: ["10.0.1.6@tcp"] }), []);
  });

  it("is refused where FSx would squash nothing, or not accept the numbers", () => {
    for (const rootSquash of ["0:65534", "65534:0", "nobody:nogroup", "65534", "1:4294967295", "-1:-1", "1:1 ", "01:1", ""])
      assert.deepEqual(found({ rootSquash, noSquashNids: ["10.0.1.6@tcp"] }), ["error out-of-range rootSquash"], rootSquash);
  });

  it("refuses exceptions that are not Lustre network ids, too many of them, or without a squash", () => {
    const squashed = { rootSquash: "65534:65534" };
    for (const nid of [
      "10.0.1.6",
      "10.0.1.256@tcp",
      "10.0.[5-2].1@tcp",
      "10.0.1.0/24@tcp",
      "fe80::1@tcp",
      "10.0.1.6@o2ib",
      "10.0.[1-300].6@tcp",
    ])
      assert.deepEqual(found({ ...squashed, noSquashNids: ["10.0.1.6@tcp", nid] }), ["error out-of-range noSquashNids[1]"], nid);
    const many = Array.from({ length: 65 }, (_, index) => `10.0.1.${index}@tcp`);
    assert.deepEqual(found({ ...squashed, noSquashNids: many }), ["error out-of-range noSquashNids"]);
    assert.deepEqual(found({ noSquashNids: ["10.0.1.6@tcp"] }), ["error missing-value rootSquash"]);
  });

  it("accepts every address and every range of numbers, and any two ids that FSx squashes", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const part = fc.oneof(
      byte.map(String),
      fc.tuple(byte, byte).map(([one, other]) => `[${Math.min(one, other)}-${Math.max(one, other)}]`),
    );
    const id = fc.integer({ min: 1, max: 4_294_967_294 });
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), id, id, (parts, user, group) => {
        assert.deepEqual(found({ rootSquash: `${user}:${group}`, noSquashNids: [`${parts.join(".")}@tcp`] }), []);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import type { Json } from "../api/types";
import { readCondition, readRoot, writeCondition, writeRoot } from "./condition";
import { VOCABULARY } from "./made-up";
import { sayCondition } from "./sayCondition";

const deep: Json = { any: [{ all: [{ any: [{ all: [{ tag: "a" }, { tag: "b" }] }, { tag: "c" }] }, { tag: "d" }] }, { tag: "e" }] };

describe("a condition", () => {
  it.each<[Json]>([
    [{ attribute: "rank", is: "gold" }],
    [{ not: { attribute: "orders", at_least: 3 } }],
    [{ attribute: "rank", one_of: ["gold", "silver"] }],
    [{ attribute: "phone", known: false }],
    [{ not: { tag: "vip" } }],
    [{ event: "page.view", url: "*/shoes", times: 3, within: "30 days", dwell_at_least: "1 minute" }],
    [{ not: { any: [{ tag: "a" }, { tag: "b" }] } }],
    [{ not: { all: [{ tag: "a" }, { tag: "b" }] } }],
    [{ not: { not: { tag: "a" } } }],
    [deep],
    [{ attribute: "rank" }],
    [{ attribute: "rank", is: "a", is_not: "b" }],
    [{ tag: "a", event: "b" }],
    ["anything"],
    [[]],
    [{ all: ["strange", { tag: "a" }] }],
    [{ event: "x", strange: 1 }],
  ])("%j comes back as it was", (json) => {
    expect(writeCondition(readCondition(json))).toEqual(json);
    expect(writeRoot(readRoot(json))).toEqual(json);
  });

  it("that is empty is nothing", () => {
    expect(writeRoot(readRoot(null))).toBeNull();
    expect(writeRoot(readRoot(undefined))).toBeNull();
  });

  it("loses the frame of a group of one, but not of a denied one", () => {
    expect(writeRoot({ type: "group", joint: "all", parts: [{ type: "tag", negated: false, tag: "a" }] })).toEqual({ tag: "a" });
    expect(writeRoot({ type: "group", joint: "none", parts: [{ type: "tag", negated: false, tag: "a" }] })).toEqual({
      not: { any: [{ tag: "a" }] },
    });
  });
});

describe("a condition in words", () => {
  it.each<[Json, string, string]>([
    [{ attribute: "orders", at_least: 3 }, "Orders is at least 3", "買った回数が3以上"],
    [{ attribute: "letters", is: true }, "Wants letters is yes", "メルマガ購読がはい"],
    [{ attribute: "rank", one_of: ["gold", "silver"] }, "Rank is gold or silver", "会員ランクがgoldまたはsilver"],
    [{ attribute: "rank", known: false }, "Rank is not known", "会員ランクが登録されていない"],
    [{ not: { attribute: "rank", known: false } }, "Rank is known", "会員ランクが登録されている"],
    [{ not: { attribute: "rank", contains: "go" } }, "Rank does not contain go", "会員ランクにgoを含まない"],
    [{ not: { tag: "vip" } }, "does not have the tag vip", "タグ「vip」が付いていない"],
    [{ event: "order.completed" }, "Placed an order", "注文したことがある"],
    [
      { event: "page.view", url: "*/shoes", times: 3, within: "30 days" },
      "Looked at a page (*/shoes) at least 3 times in the last 30 days",
      "過去30日以内に、*/shoes で3回以上、ページを閲覧したことがある",
    ],
    [{ event: "our.own" }, "our.own", "「our.own」があった"],
    [
      { all: [{ tag: "a" }, { any: [{ tag: "b" }, { tag: "c" }] }] },
      "has the tag a and (has the tag b or has the tag c)",
      "タグ「a」が付いている、かつ（タグ「b」が付いている、またはタグ「c」が付いている）",
    ],
    [{ all: [{ tag: "a" }, { attribute: "", is: null }] }, "has the tag a and (unfinished condition)", "タグ「a」が付いている、かつ（未入力の条件）"],
    [{ strange: 1 }, "a condition written by hand", "手書きの条件"],
  ])("%j", (json, en, ja) => {
    expect(sayCondition(json, { language: "en", vocabulary: VOCABULARY })).toBe(en);
    expect(sayCondition(json, { language: "ja", vocabulary: VOCABULARY })).toBe(ja);
  });

  it("is brief on the canvas", () => {
    const json = { all: [{ tag: "a" }, { tag: "b" }, { tag: "c" }, { tag: "d" }] };
    expect(sayCondition(json, { language: "en" }, true)).toBe("has the tag a and has the tag b and 2 more");
  });
});

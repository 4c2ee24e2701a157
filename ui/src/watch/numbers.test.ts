import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../journey/made-up";
import { madeNow, madeWatch } from "./made-up";
import { isOfPassages, kept, linesOf, passed, percent, shareOf, thickness, trafficOf, wayKey } from "./numbers";
import { stopsOf, trailOf } from "./way";
import { roughly, shortNumber } from "./words";

describe("parts of those who passed a step", () => {
  it("are of its own outcomes: who was moved by hand took none", () => {
    const step = madeNow({ left: { yes: 30, no: 10, "@moved": 60 } });
    expect(shareOf(step, "yes")).toBe(0.75);
    expect(shareOf(step, "@moved")).toBeNull();
    expect(passed(step)).toBe(40);
  });

  it("are not said where everybody went one way", () => {
    expect(shareOf(madeNow({ left: { yes: 30, no: 0 } }), "yes")).toBeNull();
  });

  it("never round somebody away, nor to everybody", () => {
    expect([0, 0.004, 0.5, 0.996, 1].map(percent)).toEqual(["0%", "<1%", "50%", ">99%", "100%"]);
  });
});

describe("ways", () => {
  it("grow with traffic, ten times the people not ten times as thick, and never vanish", () => {
    const widths = [0, 1, 100, 1_000, 10_000].map((number) => thickness(number, 10_000));
    expect(widths).toEqual([...widths].sort((one, other) => one - other));
    expect(widths[0]).toBeGreaterThanOrEqual(1);
    expect(widths[4]).toBeLessThan(10);
    expect(thickness(5, 0)).toBe(thickness(0, 10));
    expect(thickness(1, 1)).toBe(widths[4]);
  });

  it("are told apart by where they lead: an earlier version led elsewhere", () => {
    const way = { from_step: "a", outcome: "yes", to_step: "b", number: 3 };
    const { ways, most } = trafficOf([way, { ...way, number: 2 }, { ...way, to_step: null, number: 9 }]);
    expect(ways.get(wayKey("a", "yes", "b"))).toBe(5);
    expect(ways.get(wayKey("a", "yes", null))).toBe(9);
    expect(most).toBe(9);
  });
});

describe("the lines about a step", () => {
  it("say who is here and what keeps them, then by which outcome the others went", () => {
    const step = madeNow({
      arrived: 20,
      waiting: 5,
      pinned: 1,
      held: [{ why: "night", said: { en: "quiet hours", ja: "夜間" }, people: 4 }],
      failed: [{ said: { en: "refused", ja: "拒否" }, state: "not_sent", people: 2 }],
      left: { yes: 9, old: 3, "@removed": 1 },
    });
    const { here, gone } = linesOf(step, ["yes", "no"]);
    expect(here.map((one) => [one.word, one.people, one.hold])).toEqual([
      ["waiting", 5, null],
      ["held", 4, "night"],
      ["pinned", 1, null],
      ["not_sent", 2, "not_sent"],
    ]);
    expect(gone.map((one) => [one.outcome, one.people])).toEqual([
      [null, 20],
      ["yes", 9],
      ["no", 0],
      ["old", 3],
      ["@removed", 1],
    ]);
  });
});

describe("a new answer", () => {
  it("keeps every part that did not change, so that it is not drawn again", () => {
    const before = madeWatch();
    const now = madeWatch({ at: "2026-12-01T01:00:05Z" });
    now.steps.asked = madeNow({ arrived: 1_222, waiting: 222 });
    const result = kept(before, now);
    expect(result.steps.hello).toBe(before.steps.hello);
    expect(result.steps.asked).not.toBe(before.steps.asked);
    expect(result.ways).toBe(before.ways);
    expect(result.at).toBe("2026-12-01T01:00:05Z");
  });
});

describe("one person's way", () => {
  const passage = {
    entered_at: "2026-12-01T01:00:00Z",
    left_at: null,
    left_reason: null,
    finished: false,
    version: 1,
    now: "asked",
    moves: [
      { from_step: "start", outcome: "in", to_step: "hello", at: "2026-12-01T01:00:01Z", run_id: "r1" },
      { from_step: "hello", outcome: "@moved", to_step: "asked", at: "2026-12-01T02:30:00Z", run_id: null },
    ],
  };

  it("has each step with when it was reached, and where they are now", () => {
    expect(stopsOf(passage).map((one) => [one.step, one.at.slice(11, 16), one.outcome])).toEqual([
      ["start", "01:00", "in"],
      ["hello", "01:00", "@moved"],
      ["asked", "02:30", null],
    ]);
    const trail = trailOf(passage, "en", "Asia/Tokyo");
    expect(trail).toMatchObject({ steps: ["start", "hello", "asked"], at: "asked" });
    expect(trail.labels?.asked).toBe("3. 1 Dec, 11:30");
  });

  it("ends where they left", () => {
    const left = { ...passage, now: null, left_at: "2026-12-01T03:00:00Z" };
    expect(stopsOf(left).at(-1)?.step).toBe("hello");
    expect(trailOf(left, "ja").at).toBeNull();
  });
});

describe("words", () => {
  it("write large numbers with little room", () => {
    expect([1_234, 12_345].map((number) => shortNumber(number, "en"))).toEqual(["1,234", "12.3K"]);
    expect(shortNumber(12_345, "ja")).toBe("1.2万");
  });

  it("say about how long in at most two units", () => {
    const hour = 3_600_000;
    expect(roughly(28 * hour + 61_000, "en")).toBe("1 day 4 hours");
    expect(roughly(28 * hour, "ja")).toBe("1日4時間");
    expect(roughly(24 * hour * 20 + hour, "en")).toBe("20 days");
    expect(roughly(90_500, "en")).toBe("1 minute 30 seconds");
  });
});

describe("passages", () => {
  const watch = madeWatch({
    steps: { start: madeNow({ kind: "start" }) },
    ways: [
      { from_step: "start", outcome: "in", to_step: "hello", number: 240 },
      { from_step: "hello", outcome: "gone", to_step: "asked", number: 243 },
    ],
  });

  it("are told apart from people when there are more than ever entered", () => {
    expect(isOfPassages(watch, CATALOGUE, 243)).toBe(true);
    expect(isOfPassages(watch, CATALOGUE, 240)).toBe(false);
    expect(isOfPassages(madeWatch({ ways: [] }), CATALOGUE, 5)).toBe(false);
  });
});

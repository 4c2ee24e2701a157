import type { Place } from "../api/types";
import { describe, expect, it } from "vitest";
import { both } from "../forms/made-up";
import { allRules, countedRules, howLong, limitOf, mailsAtOnce, ruleOf, withChoice } from "./rules";

const place = (patch: Partial<Place> = {}): Place => ({
  step: "asked",
  title: both("Asked"),
  change: "changed",
  people: 3,
  versions: { "1": 3 },
  choices: ["adopt", "move", "leave", "finish"],
  rule: { do: "adopt", to: null, reason: "" },
  targets: ["hello", "bye"],
  suggested: "bye",
  ...patch,
});

describe("what happens with the people", () => {
  it("is what the server proposes until something is chosen", () => {
    expect(ruleOf(place(), {}).do).toBe("adopt");
    expect(ruleOf(place(), { asked: { do: "finish", to: null, reason: "" } }).do).toBe("finish");
    // The step was removed meanwhile: what was chosen is no choice any more.
    const gone = place({ choices: ["move", "finish"], rule: { do: "finish", to: null, reason: "" } });
    expect(ruleOf(gone, { asked: { do: "adopt", to: null, reason: "" } }).do).toBe("finish");
  });

  it("a move begins with the suggested step, and the reason is only that of leaving", () => {
    const start = { do: "leave", to: null, reason: "sold out" } as const;
    expect(withChoice(place(), start, "move")).toEqual({ do: "move", to: "bye", reason: "" });
    expect(withChoice(place({ suggested: null }), start, "move").to).toBe("hello");
    expect(withChoice(place(), { ...start, do: "move", to: "hello" }, "finish")).toEqual({ do: "finish", to: null, reason: "" });
  });

  it("is asked about without reasons and published with everything that was seen", () => {
    const chosen = { asked: { do: "leave", to: null, reason: "sold out" } } as const;
    expect(countedRules(chosen)).toEqual({ asked: { do: "leave", to: null, reason: "" } });
    expect(allRules([place(), place({ step: "other" })], chosen)).toEqual({
      asked: { do: "leave", to: null, reason: "sold out" },
      other: { do: "adopt", to: null, reason: "" },
    });
  });
});

describe("mails at once", () => {
  it("are added up", () => {
    expect(mailsAtOnce([])).toBe(0);
    expect(mailsAtOnce([{ step: "a", title: both("A"), people: 3 }, { step: "b", title: both("B"), people: 4 }])).toBe(7);
  });

  it("take a limit as it is typed in either language, and nothing else", () => {
    expect(["100", " 1,000 ", "２００", "1", "3600000"].map(limitOf)).toEqual([100, 1000, 200, 1, 3_600_000]);
    expect(["", "0", "-5", "1.5", "many", "3600001"].map(limitOf)).toEqual([null, null, null, null, null, null]);
  });

  it("say how long it takes", () => {
    expect(howLong(1, 100)).toEqual({ unit: "minutes", n: 1 });
    expect(howLong(150, 100)).toEqual({ unit: "minutes", n: 90 });
    expect(howLong(320, 100)).toEqual({ unit: "hours", n: 3 });
    expect(howLong(7200, 100)).toEqual({ unit: "days", n: 3 });
  });
});

import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import type { JourneyDocument, ProblemView } from "../api/types";
import { accepts, isAhead, newSync, saysTheSame, step, wanted, type Sync, type SyncEvent } from "./sync";

const journey = (title: string): JourneyDocument => ({
  key: "sale",
  title,
  mode: "continuous",
  tags: [],
  goal: null,
  steps: [],
});
const ONE = journey("One");
const TWO = journey("Two");
const problem: ProblemView = {
  rule: "yaml",
  severity: "error",
  message: { en: "A quote is open", ja: "引用符が閉じていません" },
  fix: { en: "Close it", ja: "閉じてください" },
  step: null,
  setting: null,
  outcome: null,
  line: 3,
  actions: [],
};

const after = (sync: Sync, ...events: SyncEvent[]): Sync => events.reduce(step, sync);

/** Editor and canvas say the same: ONE. */
const settled = (readOnly = false): Sync =>
  after(newSync(ONE, readOnly), { on: "wrote", document: ONE, yaml: "title: One" });
const canvas = (document: JourneyDocument, readOnly = false): SyncEvent => ({ on: "canvas", document, readOnly });
const focus = (focused: boolean): SyncEvent => ({ on: "focus", focused });
const typed = (text: string): SyncEvent => ({ on: "typed", text });

describe("the text follows the canvas", () => {
  it("from the start", () => {
    expect(wanted(newSync(ONE, false))).toEqual({ do: "write", document: ONE });
    expect(settled()).toMatchObject({ text: "title: One", agreed: "title: One", said: ONE });
    expect(wanted(settled())).toBeNull();
  });

  it("when nobody typed, even with the cursor in it", () => {
    const moved = after(settled(), focus(true), canvas(TWO));
    expect(wanted(moved)).toEqual({ do: "write", document: TWO });
    const done = after(moved, { on: "wrote", document: TWO, yaml: "title: Two" });
    expect(done).toMatchObject({ text: "title: Two", lost: null });
    expect(wanted(done)).toBeNull();
  });

  it("but an answer that is late is thrown away", () => {
    const moved = after(settled(), canvas(TWO), canvas(ONE));
    expect(after(moved, { on: "wrote", document: TWO, yaml: "title: Two" })).toBe(moved);
    expect(wanted(moved)).toBeNull();
  });

  it("and an answer does not overwrite what was typed meanwhile", () => {
    const moved = after(settled(), focus(true), canvas(TWO), typed("title: Mine"));
    const done = after(moved, { on: "wrote", document: TWO, yaml: "title: Two" });
    expect(done.text).toBe("title: Mine");
    expect(wanted(done)).toEqual({ do: "read", text: "title: Mine" });
  });
});

describe("the canvas follows the text", () => {
  const typing = after(settled(), focus(true), typed("title: Two"));

  it("once it is read", () => {
    expect(wanted(typing)).toEqual({ do: "read", text: "title: Two" });
    expect(accepts(typing, "title: Two")).toBe(true);
    // Putting it on the canvas tells us of the new document before the answer itself is noted.
    const done = after(typing, canvas(TWO), { on: "read", text: "title: Two", document: TWO, problems: [] });
    expect(done).toMatchObject({ agreed: "title: Two", said: TWO, canvas: TWO });
    expect(wanted(done)).toBeNull();
  });

  it("only for the newest text", () => {
    const further = after(typing, typed("title: Twofold"));
    expect(accepts(further, "title: Two")).toBe(false);
    expect(after(further, { on: "read", text: "title: Two", document: TWO, problems: [] })).toBe(further);
    expect(after(further, { on: "refused", text: "title: Two", problems: [problem] })).toBe(further);
  });

  it("not when it cannot be read: both stay, and it is not asked again", () => {
    const refused = after(typing, { on: "refused", text: "title: Two", problems: [problem] });
    expect(refused).toMatchObject({ text: "title: Two", said: ONE, canvas: ONE, problems: [problem] });
    expect(isAhead(refused)).toBe(true);
    expect(wanted(refused)).toBeNull();
    expect(wanted(after(refused, focus(false)))).toBeNull();
    expect(wanted(after(refused, typed("title: Three")))).toEqual({ do: "read", text: "title: Three" });
  });

  it("never when it is read-only", () => {
    const only = settled(true);
    expect(after(only, typed("title: Two"))).toBe(only);
  });
});

describe("when both changed", () => {
  const both = after(settled(), focus(true), typed("title: Mine"), canvas(TWO));

  it("the text wins while the cursor is in it", () => {
    expect(wanted(both)).toEqual({ do: "read", text: "title: Mine" });
  });

  it("else the canvas wins, and the text can be brought back", () => {
    const left = after(both, focus(false));
    expect(wanted(left)).toEqual({ do: "write", document: TWO });
    expect(accepts(left, "title: Mine")).toBe(false);
    const done = after(left, { on: "wrote", document: TWO, yaml: "title: Two" });
    expect(done).toMatchObject({ text: "title: Two", lost: "title: Mine" });
    const back = after(done, { on: "bring_back" });
    expect(back).toMatchObject({ text: "title: Mine", lost: null });
    expect(wanted(back)).toEqual({ do: "read", text: "title: Mine" });
  });

  it("a refused text that lost is kept, too", () => {
    const done = after(
      both,
      { on: "refused", text: "title: Mine", problems: [problem] },
      focus(false),
      { on: "wrote", document: TWO, yaml: "title: Two" },
    );
    expect(done).toMatchObject({ lost: "title: Mine", problems: null, refused: null });
    expect(after(done, { on: "forget" }).lost).toBeNull();
  });

  it("taking the text back shows what the canvas says", () => {
    const refused = after(both, { on: "refused", text: "title: Mine", problems: [problem] }, { on: "discard" });
    expect(refused).toMatchObject({ text: "title: One", problems: null });
    expect(wanted(refused)).toEqual({ do: "write", document: TWO });
  });
});

describe("a server that fails", () => {
  const error = new ApiError(0, "unreachable", { en: "No answer", ja: "応答がありません" }, null);
  const typing = after(settled(), focus(true), typed("title: Two"));

  it("is asked again only on request or after a change, and nothing is lost", () => {
    const failed = after(typing, { on: "failed", error });
    expect(failed.text).toBe("title: Two");
    expect(wanted(failed)).toBeNull();
    expect(wanted(after(failed, { on: "retry" }))).toEqual({ do: "read", text: "title: Two" });
    expect(wanted(after(failed, typed("title: Three")))).toEqual({ do: "read", text: "title: Three" });
    expect(wanted(after(failed, focus(false), canvas(TWO)))).toEqual({ do: "write", document: TWO });
  });
});

describe("saysTheSame", () => {
  it("looks at what is said, not at the order of keys", () => {
    expect(saysTheSame({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(saysTheSame([1, 2], [2, 1])).toBe(false);
    expect(saysTheSame({ a: undefined }, { b: undefined })).toBe(false);
    expect(saysTheSame({}, [])).toBe(false);
  });
});

import type { Change, Diff } from "../api/types";
import { describe, expect, it } from "vitest";
import { both } from "../forms/made-up";
import { placesOf } from "../journey/layout";
import { CATALOGUE, journey, small, step } from "../journey/made-up";
import { unionOf } from "./union";

const diffOf = (changes: Record<string, Change>): Diff => ({
  steps: Object.entries(changes).map(([id, change]) => ({ step: id, title: both(id), kind: "post", change, settings: [], ways: [], titled: null })),
  journey: [],
  yaml: [],
});
/** The same without "thanks"; who said yes gets "more" instead. */
const changed = () =>
  journey(
    ...small()
      .steps.filter(({ id }) => id !== "thanks")
      .map((one) => (one.id === "asked" ? step("asked", "ask", { yes: "more", no: "bye" }) : one)),
    step("more", "post", { gone: "bye" }),
  );
const DIFF = diffOf({ asked: "changed", more: "added", thanks: "removed" });

describe("two states in one drawing", () => {
  it("has what is gone beside what is there, and every line of both", () => {
    const union = unionOf({ document: small(), layout: {} }, { document: changed(), layout: {} }, DIFF, CATALOGUE);
    expect(union.document.steps.map(({ id }) => id)).toEqual(["start", "hello", "asked", "bye", "more", "thanks"]);
    expect([...union.marks]).toEqual([["asked", "changed"], ["more", "added"], ["thanks", "removed"]]);
    const marked = union.ways.filter(({ mark }) => mark).map(({ from, outcome, to, mark }) => `${from} ${outcome} ${to}: ${mark}`);
    expect(marked).toEqual(["asked yes more: added", "more gone bye: added", "asked yes thanks: removed"]);
    expect(union.ways.filter(({ mark }) => !mark)).toHaveLength(3);
  });

  it("puts a ghost behind the step that led to it", () => {
    const union = unionOf({ document: small(), layout: {} }, { document: changed(), layout: {} }, DIFF, CATALOGUE);
    const places = placesOf(union.arranged, union.layout, CATALOGUE);
    expect(places.thanks?.x).toBeGreaterThan(places.asked?.x ?? Infinity);
  });

  it("leaves steps where the author put them, and a ghost where it was unless something stands there now", () => {
    const layout = { start: { x: 0, y: 0 }, hello: { x: 300, y: 0 }, asked: { x: 600, y: 0 }, bye: { x: 900, y: 200 } };
    const before = { document: small(), layout: { ...layout, thanks: { x: 900, y: 0 } } };
    const free = unionOf(before, { document: changed(), layout: { ...layout, more: { x: 900, y: 500 } } }, DIFF, CATALOGUE);
    expect(free.layout).toEqual({ ...layout, more: { x: 900, y: 500 }, thanks: { x: 900, y: 0 } });
    const taken = unionOf(before, { document: changed(), layout: { ...layout, more: { x: 900, y: 0 } } }, DIFF, CATALOGUE);
    expect(taken.layout.more).toEqual({ x: 900, y: 0 });
    const ys = [taken.layout.more, taken.layout.bye, taken.layout.thanks].map((one) => one?.y ?? 0).sort((a, b) => a - b);
    expect(ys.every((y, index) => index === 0 || y - (ys[index - 1] ?? 0) >= 88)).toBe(true);
  });

  it("marks nothing in the first version", () => {
    const union = unionOf(null, { document: small(), layout: {} }, null, CATALOGUE);
    expect(union.marks.size).toBe(0);
    expect(union.ways.every(({ mark }) => mark === null)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { JourneyDocument, Layout } from "../api/types";
import { addStep } from "./operations";
import { waysOf } from "./graph";
import { autoLayout, gapBehind, lanesOf, NODE_WIDTH, nodeHeight, placesOf } from "./layout";
import { ASK, CATALOGUE, dice, FORK, journey, large, POST, small, step } from "./made-up";
import { outcomesOf } from "./outcomes";

function overlaps(document: JourneyDocument, places: Layout): string[] {
  const boxes = document.steps.map((one) => ({
    id: one.id,
    ...(places[one.id] ?? { x: NaN, y: NaN }),
    height: nodeHeight(outcomesOf(one, CATALOGUE).length),
  }));
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => !(a.x + NODE_WIDTH <= b.x || b.x + NODE_WIDTH <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y))
      .map((b) => `${a.id} and ${b.id}`),
  );
}

describe("the layout", () => {
  it("goes from left to right, outcomes from top to bottom in their author's order", () => {
    const names = ["e", "a", "d", "c", "b"];
    const ways = Object.fromEntries(names.map((name) => [name, null]));
    const next = Object.fromEntries(names.map((name) => [name, `to_${name}`]));
    const targets = ["a", "b", "c", "d", "e"].map((name) => step(`to_${name}`, "stop"));
    const places = autoLayout(journey(step("fork", FORK.kind, next, { ways }), ...targets), CATALOGUE);
    const order = [...names].sort((a, b) => (places[`to_${a}`]?.y ?? 0) - (places[`to_${b}`]?.y ?? 0));
    expect(order).toEqual(names);
    expect(new Set(targets.map((target) => places[target.id]?.x)).size).toBe(1);
    expect(places.to_a?.x).toBeGreaterThan((places.fork?.x ?? 0) + NODE_WIDTH);
  });

  it("keeps that order also where one way is longer than another", () => {
    const document = journey(
      step("ask", "ask", { yes: "far", no: "near" }),
      step("near", "post", { gone: "far" }),
      step("far", "stop"),
    );
    const lanes = lanesOf(document, {}, CATALOGUE);
    const lane = lanes.get("ask")?.get("far")?.[0];
    const near = autoLayout(document, CATALOGUE).near;
    expect(lane?.left).toBe(near?.x);
    expect(lane?.y).toBeLessThan(near?.y ?? 0);
    expect(lanes.get("near")).toBeUndefined();
  });

  it("leaves room for the names of outcomes, and no more: in both languages the same", () => {
    const named = (yes: { en: string; ja: string }) => {
      const kind = { ...ASK, outcome_titles: { ...ASK.outcome_titles, yes } };
      return gapBehind(step("a", "ask", { yes: "b", no: "c" }), new Map([...CATALOGUE, ["ask", kind]]));
    };
    expect(named({ en: "Opened", ja: "開封した" })).toBeGreaterThan(named({ en: "Yes", ja: "はい" }));
    // Long names go on in a second line.
    expect(named({ en: "Opened it within the time", ja: "期限までに開封した" })).toBe(
      named({ en: "Opened it within the time, and more than once", ja: "期限までに何度も開封した" }),
    );
    const alone = gapBehind(step("a", "post", { gone: "b" }), CATALOGUE);
    expect(alone).toBeLessThan(named({ en: "Yes", ja: "はい" }));
  });

  it("is the same each time, and for ids that look like numbers", () => {
    const rename = (id: string) => String(90 - small().steps.findIndex((one) => one.id === id));
    const renamed = journey(
      ...small().steps.map((one) => ({
        ...one,
        id: rename(one.id),
        next: Object.fromEntries(Object.entries(one.next).map(([outcome, to]) => [outcome, rename(to)])),
      })),
    );
    const places = autoLayout(small(), CATALOGUE);
    const other = autoLayout(renamed, CATALOGUE);
    for (const one of small().steps) expect(other[rename(one.id)]).toEqual(places[one.id]);
  });

  it("does not move the others when a field changes", () => {
    const before = autoLayout(small(), CATALOGUE);
    const typed = journey(...small().steps.map((one) => ({ ...one, title: "typed" })));
    expect(autoLayout(typed, CATALOGUE)).toBe(before);
  });

  it("lays out 200 steps without overlaps, in less than a second", () => {
    const document = large(200);
    const before = performance.now();
    const places = autoLayout(document, CATALOGUE);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(overlaps(document, places)).toEqual([]);
    for (const { from, to } of waysOf(document)) expect(places[to]?.x).toBeGreaterThan(places[from]?.x ?? 0);
  });

  it("bears circles and ways to nowhere", () => {
    const places = autoLayout(
      journey(step("a", "ask", { yes: "b", no: "a" }), step("b", "ask", { yes: "a", no: "gone" })),
      CATALOGUE,
    );
    expect(Object.keys(places).sort()).toEqual(["a", "b"]);
  });

  it.each(Array.from({ length: 10 }, (_, seed) => seed))("by hand: what is added overlaps nothing (dice %i)", (seed) => {
    const roll = dice(seed + 7);
    let edited = { document: small(), layout: autoLayout(small(), CATALOGUE) };
    for (let n = 0; n < 12; n++) {
      const from = edited.document.steps[Math.floor(roll() * edited.document.steps.length)];
      const outcomes = from ? outcomesOf(from, CATALOGUE) : [];
      const outcome = outcomes[Math.floor(roll() * outcomes.length)];
      if (!from || outcome === undefined) continue;
      const kind = [ASK, POST, FORK][Math.floor(roll() * 3)] ?? POST;
      edited = addStep(edited, CATALOGUE, kind, { from: from.id, outcome });
      expect(overlaps(edited.document, edited.layout)).toEqual([]);
    }
  });

  it("finds room for steps that came without a place", () => {
    const document = small();
    const { start, hello } = autoLayout(document, CATALOGUE);
    if (!start || !hello) throw new Error("no places");
    const places = placesOf(document, { start, hello }, CATALOGUE);
    expect(overlaps(document, places)).toEqual([]);
    expect(places.start).toEqual(start);
  });
});

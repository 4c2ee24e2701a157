import { describe, expect, it } from "vitest";
import { autoLayout } from "./layout";
import { CATALOGUE, journey, small, step } from "./made-up";
import { firstStep, neighbour, type Direction } from "./navigation";
import { treeOf } from "./tree";

const places = autoLayout(small(), CATALOGUE);
const go = (from: string, direction: Direction, came: string | null = null) =>
  neighbour(small(), CATALOGUE, places, from, direction, came);

describe("arrow keys", () => {
  it("go along the flow", () => {
    expect(firstStep(small())).toBe("start");
    expect(go("start", "right")).toBe("hello");
    expect(go("asked", "right")).toBe("thanks");
    expect(go("asked", "left")).toBe("hello");
    expect(go("start", "left")).toBeNull();
  });

  it("go up and down between the outcomes' steps", () => {
    expect(go("thanks", "down")).toBe("bye");
    expect(go("bye", "up")).toBe("thanks");
  });

  it("go back where one came from", () => {
    expect(go("asked", "right", "bye")).toBe("bye");
  });
});

describe("the outline", () => {
  it("tells every step once, branches within, rows in a row", () => {
    const [start, hello, asked] = treeOf(small(), CATALOGUE);
    expect([start?.id, hello?.id, asked?.id]).toEqual(["start", "hello", "asked"]);
    expect(asked?.branches.map(({ outcome, items }) => [outcome, items[0]?.id])).toEqual([
      ["yes", "thanks"],
      ["no", "bye"],
    ]);
  });

  it("names the step at which a way joins another", () => {
    const document = journey(step("a", "ask", { yes: "b", no: "c" }), step("b", "start", { in: "c" }), step("c", "stop"));
    const [a] = treeOf(document, CATALOGUE);
    expect(a?.branches[0]?.items.map((item) => item.id)).toEqual(["b", "c"]);
    expect(a?.branches[1]).toEqual({ outcome: "no", items: [], joins: "c" });
  });

  it("ends even where steps go round", () => {
    const tree = treeOf(journey(step("a", "start", { in: "b" }), step("b", "start", { in: "a" })), CATALOGUE);
    expect(tree.map((item) => item.id)).toEqual(["a", "b"]);
    expect(tree[1]?.onward).toEqual({ outcome: "in", joins: "a" });
  });
});

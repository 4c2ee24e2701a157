import { describe, expect, it } from "vitest";
import { CATALOGUE, journey, large, small, step } from "../journey/made-up";
import type { Json, ProblemView } from "../api/types";
import { madeField, madeKind } from "../forms/made-up";
import { autoLayout } from "../journey/layout";
import { connect, setStep } from "../journey/operations";
import { alike } from "./alike";
import { entryCondition } from "./entryCondition";
import type { Menu } from "./canvasStore";
import { edgeId, edgesOf, handleId, nodesOf, outcomeOfHandle, wayOfEdge } from "./flow";
import { commandOf, isEverywhere, type Pressed } from "./keyboard";
import { kindsFor, sectionsOf, type MenuWords } from "./menu";
import { showsAll, SMALLEST, viewOf } from "./view";
import { wayPath } from "./wayPath";

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe("keys", () => {
  it.each<[Pressed, string | undefined]>([
    [pressed("a"), "add"],
    [pressed("+", { shiftKey: true }), "add"],
    [pressed("c"), "link"],
    [pressed("c", { ctrlKey: true }), undefined],
    [pressed("a", { metaKey: true }), "all"],
    [pressed("z", { ctrlKey: true }), "undo"],
    [pressed("Z", { metaKey: true, shiftKey: true }), "redo"],
    [pressed("y", { ctrlKey: true }), "redo"],
    [pressed("?", { shiftKey: true }), "keys"],
    [pressed("Delete"), "remove"],
    [pressed("Enter"), "settings"],
    [pressed("ArrowLeft"), "go"],
    [pressed("ArrowLeft", { altKey: true }), undefined],
    [pressed("x"), undefined],
  ])("%o", (press, command) => {
    expect(commandOf(press)?.do).toBe(command);
  });

  it("that destroy something hold only on the steps", () => {
    const remove = commandOf(pressed("Delete"));
    expect(remove && isEverywhere(remove)).toBe(false);
  });
});

describe("the menu", () => {
  const words: MenuWords = { say: (said) => said.en, remove: "Remove", unnamed: "-", nowLeadsTo: (to) => `now ${to}` };
  const anchor = { x: 0, y: 0, width: 0, height: 0 };
  const offered = (menu: Menu, query = "", chosen: string | null = null) =>
    sectionsOf(small(), CATALOGUE, menu, chosen, query, words).map(({ name, options }) => [
      name,
      options.map((option) => (option.does === "add" ? option.kind.kind : option.does === "connect" ? option.to : option.title)),
    ]);

  it("offers what may follow a free outcome: no entry, ends too, and steps further on", () => {
    const menu: Menu = { do: "add", at: { from: "thanks", outcome: "gone" }, anchor };
    expect(offered(menu)).toEqual([
      ["menu_add", ["post", "ask", "stop", "fork"]],
      ["menu_connect", ["bye"]],
    ]);
  });

  it("offers no end within a way, but to take the way off", () => {
    const menu: Menu = { do: "add", at: { edge: ["asked", "yes"] }, anchor };
    expect(offered(menu)).toEqual([
      ["menu_add", ["post", "ask", "fork"]],
      ["menu_connect", ["bye"]],
      [null, ["Remove"]],
    ]);
  });

  it("links without a mouse: first the outcome, then the target", () => {
    const menu: Menu = { do: "link", step: "asked", anchor };
    expect(offered(menu)).toEqual([["menu_outcome", ["Yes!", "No!"]]]);
    expect(offered(menu, "", "no")).toEqual([
      ["menu_connect", ["thanks"]],
      [null, ["Remove"]],
    ]);
  });

  it("puts in front what is called as one types", () => {
    const kinds = [...CATALOGUE.values()].map((kind) => ({ ...kind, about: { en: "about stop", ja: "" } }));
    expect(kindsFor(kinds, "the st", (said) => said.en).map((kind) => kind.kind).slice(0, 2)).toEqual(["start", "stop"]);
    expect(kindsFor(kinds, "stop", (said) => said.en)[0]?.kind).toBe("stop");
  });

  it("shows thirty of many", () => {
    const menu: Menu = { do: "add", at: { from: "s1", outcome: "yes" }, anchor };
    const [, ways] = sectionsOf(large(200), CATALOGUE, menu, null, "", words);
    expect(ways?.options).toHaveLength(30);
    expect(ways?.more).toBe(200 - 30 - 2 - 1);
  });
});

describe("nodes and edges", () => {
  it("keep what did not change, so that it is not drawn again", () => {
    const document = large(200);
    const places = autoLayout(document, CATALOGUE);
    const nodes = nodesOf(document, places, CATALOGUE, [], []);
    const edges = edgesOf(document, []);
    expect(edges).toHaveLength(199);
    const typed = setStep({ document, layout: {} }, "s7", { title: "New" }).document;
    expect(nodesOf(typed, autoLayout(typed, CATALOGUE), CATALOGUE, [], nodes)).toBe(nodes);
    expect(edgesOf(typed, edges)).toBe(edges);
    const selected = nodesOf(document, places, CATALOGUE, ["s7"], nodes);
    expect(selected.filter((node, index) => node !== nodes[index]).map((node) => node.id)).toEqual(["s7"]);
  });

  it("have a way for each outcome, also two to the same step, and none to nowhere", () => {
    const edited = connect({ document: small(), layout: {} }, "asked", "no", "thanks");
    const edges = edgesOf(connect(edited, "thanks", "gone", "nowhere").document, []);
    expect(edges.filter((edge) => edge.target === "thanks")).toHaveLength(2);
    expect(edges.some((edge) => edge.source === "thanks")).toBe(false);
  });

  it("name outcomes so that any name comes back", () => {
    for (const outcome of ["", "o:x", '"', "はい"]) {
      expect(outcomeOfHandle(handleId(outcome))).toBe(outcome);
      expect(wayOfEdge(edgeId("a", outcome))).toEqual(["a", outcome]);
    }
    expect(wayOfEdge("else")).toBeNull();
  });
});

describe("problems that read the same", () => {
  it("are one, with how often it is there", () => {
    const said = (en: string) => ({ en, ja: en });
    const problem = (text: string, at: string): ProblemView => ({
      rule: "made_up",
      severity: "error",
      step: at,
      setting: null,
      outcome: null,
      message: said(text),
      fix: said(""),
      line: null,
      actions: [],
    });
    const groups = alike([problem("No template", "a"), problem("No end", "b"), problem("No template", "c")]);
    expect(groups.map(({ problem: { step: at }, times }) => [at, times])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
  });
});

describe("who would be let in", () => {
  const where: Json = { tag: "customer" };
  const enter = (settings: Record<string, Json>) => {
    const fields = [madeField("who", "condition"), madeField("when", "entry_event")];
    const kind = madeKind("enter", fields, { is_entry: true, outcomes: ["in"] });
    return entryCondition(journey(step("x", "post"), step("e", "enter", {}, settings)), new Map([...CATALOGUE, ["enter", kind]]));
  };
  it("is said by a condition; null is everybody; who must do something first is nobody's to count", () => {
    expect(enter({ who: where })).toEqual(where);
    expect(enter({})).toBeNull();
    expect(enter({ who: where, when: { event: "page.view" } })).toBeUndefined();
    expect(entryCondition(small(), CATALOGUE)).toBeUndefined();
  });
});

describe("lines", () => {
  it("run level and upright, and end where they should", () => {
    expect(wayPath({ x: 0, y: 50 }, { x: 100, y: 50 })).toBe("M 0,50 L 84,50 L 84,50 L 100,50");
    const turned = wayPath({ x: 0, y: 0 }, { x: 200, y: 100 });
    expect(turned).toMatch(/^M 0,0 .*Q 184,0 .*Q 184,100 .* L 200,100$/);
  });

  it("keep to their lane beside the steps they pass", () => {
    expect(wayPath({ x: 0, y: 0 }, { x: 900, y: 0 }, [{ left: 300, y: -80 }])).toMatch(/Q 284,-80 .*Q 884,-80/);
  });
});

describe("the first view", () => {
  it("shows everything that can be read, else the start", () => {
    const box = { width: 1000, height: 600 };
    expect(viewOf({}, box, 0.7).zoom).toBe(1);
    expect(viewOf(autoLayout(journey(step("a", "stop")), CATALOGUE), box, 0.7).zoom).toBe(1);
    const view = viewOf(autoLayout(large(200), CATALOGUE), box, 0.7);
    expect(view.zoom).toBe(0.7);
    const start = autoLayout(large(200), CATALOGUE).s0;
    const y = (start?.y ?? 0) * view.zoom + view.y;
    expect(view.x).toBeGreaterThan(0);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(box.height);
    expect(showsAll(autoLayout(large(200), CATALOGUE), view, box)).toBe(false);
  });

  it.each([
    [1440, 900],
    [1280, 720],
  ])("of everything shows everything beside an open panel at %i x %i", (width, height) => {
    const box = { width: width - 600, height: height - 160 };
    const where = autoLayout(large(40), CATALOGUE);
    const view = viewOf(where, box, SMALLEST);
    expect(showsAll(where, view, box)).toBe(true);
    expect(showsAll(where, view, { ...box, width: box.width / 2 })).toBe(false);
  });
});

import { NODE_WIDTH } from "./layout";
import { describe, expect, it } from "vitest";
import type { FixAction, JourneyDocument } from "../api/types";
import { pasteSteps, copySteps } from "./clipboard";
import { validTargets } from "./graph";
import { ASK, CATALOGUE, FORK, journey, POST, small, START, step, STOP } from "./made-up";
import { addEntry, addStep, applyFix, connect, moveSteps, placeAfter, removeSteps, setSetting, type Edited } from "./operations";
import { outcomesOf, stepOf } from "./outcomes";

const edit = (document: JourneyDocument, layout = {}): Edited => ({ document, layout });
const next = ({ document }: Edited, id: string) => stepOf(document, id)?.next;

describe("adding", () => {
  it("splices into a way: the usual outcome goes on", () => {
    const after = addStep(edit(small()), CATALOGUE, ASK, { edge: ["asked", "yes"] });
    expect(next(after, "asked")).toEqual({ yes: after.id, no: "bye" });
    expect(next(after, after.id)).toEqual({ yes: "thanks" });
  });

  it("puts behind an outcome that is free", () => {
    const after = addStep(edit(small()), CATALOGUE, STOP, { from: "thanks", outcome: "gone" });
    expect(next(after, "thanks")).toEqual({ gone: after.id });
    expect(next(after, after.id)).toEqual({});
  });

  it("names the nearest earlier step that fits", () => {
    const after = addStep(edit(small()), CATALOGUE, ASK, { from: "thanks", outcome: "gone" });
    expect(stepOf(after.document, after.id)?.settings).toEqual({ about: "thanks" });
  });

  it("never takes an id that has a past", () => {
    const after = addStep(edit(small()), CATALOGUE, POST, { position: null }, new Set(["post", "post_2"]));
    expect(after.id).toBe("post_3");
  });

  it("leads a new entry to what nothing leads to", () => {
    const after = addEntry(edit(journey(step("hello", "post"))), CATALOGUE, START, null);
    expect(next(after, "start")).toEqual({ in: "hello" });
  });

  it("makes room where steps stand by hand", () => {
    const document = journey(step("start", "start", { in: "hello" }), step("hello", "post"));
    const layout = { start: { x: 0, y: 0 }, hello: { x: 420, y: 0 } };
    const after = addStep(edit(document, layout), CATALOGUE, POST, { edge: ["start", "in"] });
    expect(after.layout.start).toEqual({ x: 0, y: 0 });
    expect(after.layout[after.id]?.x).toBe(NODE_WIDTH + 48);
    expect(after.layout.hello?.x).toBeGreaterThanOrEqual(2 * (NODE_WIDTH + 48));
  });

  it("says where 'behind' is: the free outcome, else within the first way, never behind an end", () => {
    const document = small();
    expect(placeAfter(document, CATALOGUE, "hello")).toEqual({ edge: ["hello", "gone"] });
    expect(placeAfter(document, CATALOGUE, "thanks")).toEqual({ from: "thanks", outcome: "gone" });
    expect(placeAfter(document, CATALOGUE, "bye")).toBeNull();
  });
});

describe("removing", () => {
  it("closes the gap when there was one way in and one way out", () => {
    const after = removeSteps(edit(small()), ["hello"]);
    expect(next(after, "start")).toEqual({ in: "asked" });
    expect(after.document.steps).toHaveLength(4);
  });

  it("leaves no way to what is gone", () => {
    const after = removeSteps(edit(small()), ["asked"]);
    expect(next(after, "hello")).toEqual({});
    expect(stepOf(after.document, "thanks")).toBeDefined();
  });

  it("closes the gap over several in a row", () => {
    const document = journey(
      step("start", "start", { in: "one" }),
      step("one", "post", { gone: "two" }),
      step("two", "post", { gone: "bye" }),
      step("bye", "stop"),
    );
    expect(next(removeSteps(edit(document), ["two", "one"]), "start")).toEqual({ in: "bye" });
  });
});

describe("connecting", () => {
  it("may not go round in a circle, nor to an entry, nor to itself", () => {
    expect([...validTargets(small(), CATALOGUE, "asked")].sort()).toEqual(["bye", "thanks"]);
  });

  it("may lead two outcomes to one step", () => {
    const after = connect(edit(small()), "asked", "no", "thanks");
    expect(next(after, "asked")).toEqual({ yes: "thanks", no: "thanks" });
  });
});

describe("settings", () => {
  const document = journey(
    step("fork", "fork", { red: "a", rest: "b" }, { ways: { red: null, blue: null } }),
    step("a", "stop"),
    step("b", "stop"),
  );

  it("name the outcomes", () => {
    expect(outcomesOf(step("x", FORK.kind), CATALOGUE)).toEqual(["left", "rest"]);
    expect(outcomesOf(step("x", FORK.kind, {}, { ways: { red: null }, rest: "else" }), CATALOGUE)).toEqual(["red", "else"]);
  });

  it("that rename an outcome take its way along, letter by letter", () => {
    let edited = edit(document);
    for (const name of ["re", "", "green"]) {
      edited = setSetting(edited, CATALOGUE, "fork", "ways", { [name]: null, blue: null });
    }
    expect(next(edited, "fork")).toEqual({ green: "a", rest: "b" });
    edited = setSetting(edited, CATALOGUE, "fork", "rest", "others");
    expect(next(edited, "fork")).toEqual({ green: "a", others: "b" });
  });

  it("that remove an outcome remove its way", () => {
    const edited = setSetting(edit(document), CATALOGUE, "fork", "ways", { blue: null });
    expect(next(edited, "fork")).toEqual({ rest: "b" });
  });

  it("equal to the default are not kept", () => {
    const edited = setSetting(edit(document), CATALOGUE, "fork", "ways", { left: null });
    expect(stepOf(edited.document, "fork")?.settings).toEqual({});
  });
});

describe("fixes", () => {
  const action = (more: Partial<FixAction>): FixAction => ({
    do: "set",
    title: { en: "", ja: "" },
    step: null,
    outcome: null,
    to: null,
    setting: null,
    value: null,
    kind: null,
    ...more,
  });
  it.each<[Partial<FixAction>, string, Record<string, string>]>([
    [{ do: "connect", step: "thanks", outcome: "gone", to: "bye" }, "thanks", { gone: "bye" }],
    [{ do: "disconnect", step: "asked", outcome: "no" }, "asked", { yes: "thanks" }],
    [{ do: "remove", step: "hello" }, "start", { in: "asked" }],
    [{ do: "end", step: "thanks", outcome: "gone", kind: "stop" }, "thanks", { gone: "stop" }],
    [{ do: "remove", step: "no such step" }, "start", { in: "hello" }],
  ])("%o", (what, id, ways) => {
    expect(next(applyFix(edit(small()), CATALOGUE, action(what)), id)).toEqual(ways);
  });

  it("set a setting, and put an entry in front", () => {
    const set = applyFix(edit(small()), CATALOGUE, action({ step: "asked", setting: "about", value: "thanks" }));
    expect(stepOf(set.document, "asked")?.settings).toEqual({ about: "thanks" });
    const without = removeSteps(edit(small()), ["start"]);
    const entered = applyFix(without, CATALOGUE, action({ do: "entry", kind: "start" }));
    expect(next(entered, "start")).toEqual({ in: "hello" });
  });
});

describe("copy and paste", () => {
  it("makes new ids; ways and references among the copied follow, others stay or go", () => {
    const before = edit(small());
    const text = copySteps(before, CATALOGUE, ["hello", "asked"]);
    const after = pasteSteps(before, CATALOGUE, text, new Set(["post"]));
    expect(after?.ids).toEqual(["post_2", "ask"]);
    expect(after && next(after, "post_2")).toEqual({ gone: "ask" });
    expect(after && stepOf(after.document, "ask")).toMatchObject({ settings: { about: "post_2" }, next: {} });
    expect(after?.document.steps).toHaveLength(7);
  });

  it("puts them beside each other as they were, below the rest, where steps stand by hand", () => {
    const before = moveSteps(edit(small()), CATALOGUE, { bye: { x: 900, y: 500 } });
    const after = pasteSteps(before, CATALOGUE, copySteps(before, CATALOGUE, ["thanks", "bye"]), new Set());
    const [one, two] = after?.ids ?? [];
    const [a, b] = [after?.layout[one ?? ""], after?.layout[two ?? ""]];
    const thanks = before.layout.thanks;
    expect((b?.y ?? 0) - (a?.y ?? 0)).toBe(500 - (thanks?.y ?? 0));
    expect(a?.y).toBeGreaterThan(500);
  });

  it.each(["", "hello", "[]", '{"is":"airflow_ma steps"}', '{"is":"airflow_ma steps","steps":[{"id":1}]}'])(
    "takes nothing from %j",
    (text) => {
      expect(pasteSteps(edit(small()), CATALOGUE, text, new Set())).toBeNull();
    },
  );
});

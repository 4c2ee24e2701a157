import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CATALOGUE, dice, KINDS, madeView, small } from "./made-up";
import { useEditor } from "./store";
import { validTargets } from "./graph";
import { outcomesOf } from "./outcomes";
import { emptyHistory } from "./history";

const VIEW = madeView();

beforeEach(() => {
  vi.useFakeTimers();
  useEditor.setState({
    view: VIEW,
    document: small(),
    layout: {},
    catalogue: new Map(CATALOGUE),
    history: emptyHistory(),
    selection: [],
    readOnly: false,
    saving: "saved",
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => {
  const { document, layout } = useEditor.getState();
  return { document, layout };
};

/** One command that the dice choose: anything a person can do. */
function anything(roll: () => number): void {
  const editor = useEditor.getState();
  const pick = <T,>(list: readonly T[]): T | undefined => list[Math.floor(roll() * list.length)];
  const step = pick(editor.document.steps);
  const outcome = step && pick(outcomesOf(step, editor.catalogue));
  const kind = pick(KINDS)?.kind ?? "";
  vi.advanceTimersByTime(pick([0, 300, 2_000]) ?? 0);
  switch (Math.floor(roll() * 12)) {
    case 0:
      editor.addStep(kind, { position: roll() < 0.5 ? null : { x: roll() * 900, y: roll() * 900 } });
      break;
    case 1:
    case 2:
      if (step && outcome !== undefined) editor.addStep(kind, { from: step.id, outcome });
      break;
    case 3:
      if (step && outcome !== undefined) {
        const to = pick([...validTargets(editor.document, editor.catalogue, step.id)]);
        if (to !== undefined) editor.connect(step.id, outcome, to);
      }
      break;
    case 4:
      if (step && outcome !== undefined) editor.disconnect(step.id, outcome);
      break;
    case 5:
      if (step) editor.remove([step.id]);
      break;
    case 6:
      if (step) editor.setSetting(step.id, pick(["words", "about", "rest"]) ?? "", pick(["x", "yy", "", undefined]));
      break;
    case 7:
      if (step) editor.setStep(step.id, { title: String(roll()) });
      break;
    case 8:
      editor.setJourney({ title: String(roll()) });
      break;
    case 9:
      if (step) editor.moveSteps({ [step.id]: { x: roll() * 500, y: roll() * 500 } });
      break;
    case 10:
      editor.autoLayout();
      break;
    default:
      if (step) editor.select([step.id]);
      editor.paste(editor.copy());
  }
}

describe("undo and redo", () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))("bring back everything (dice %i)", (seed) => {
    const roll = dice(seed + 1);
    const first = now();
    const seen = [first];
    for (let n = 0; n < 30; n++) {
      anything(roll);
      seen.push(now());
    }
    const last = now();
    const steps = useEditor.getState().history.past.length;
    for (let n = 0; n < steps; n++) {
      useEditor.getState().undo();
      expect(seen).toContainEqual(now());
    }
    expect(now()).toEqual(first);
    for (let n = 0; n < steps; n++) useEditor.getState().redo();
    expect(now()).toEqual(last);
  });

  it("take typing as one step, and another field as another", () => {
    const { setSetting, setStep, undo } = useEditor.getState();
    for (const words of ["H", "He", "Hey"]) {
      setSetting("hello", "words", words);
      vi.advanceTimersByTime(200);
    }
    setStep("hello", { title: "T" });
    expect(useEditor.getState().history.past).toHaveLength(2);
    undo();
    expect(useEditor.getState().document.steps[1]).toMatchObject({ title: null, settings: { words: "Hey" } });
    undo();
    expect(useEditor.getState().document).toEqual(small());
  });

  it("forget what was undone once something new is done", () => {
    const { setStep, undo, redo } = useEditor.getState();
    setStep("hello", { title: "A" });
    undo();
    setStep("hello", { title: "B" });
    redo();
    expect(useEditor.getState().document.steps[1]?.title).toBe("B");
  });

  it("forget the selection of what is no longer there", () => {
    const id = useEditor.getState().addStep("post", { from: "thanks", outcome: "gone" });
    expect(useEditor.getState().selection).toEqual([id]);
    useEditor.getState().undo();
    expect(useEditor.getState().selection).toEqual([]);
  });
});

describe("the editor", () => {
  it("changes nothing in a journey that is only looked at", () => {
    useEditor.setState({ readOnly: true });
    const { addStep, remove, connect, setJourney, paste, copy } = useEditor.getState();
    addStep("post", { position: null });
    remove(["hello"]);
    connect("thanks", "gone", "bye");
    setJourney({ title: "Other" });
    useEditor.setState({ selection: ["hello"] });
    expect(paste(copy())).toEqual([]);
    expect(now()).toEqual({ document: small(), layout: {} });
  });

  it("refuses a circle", () => {
    useEditor.getState().connect("thanks", "gone", "hello");
    expect(useEditor.getState().document).toEqual(small());
  });

  it("cuts and pastes", () => {
    useEditor.getState().select(["thanks"]);
    const text = useEditor.getState().cut();
    expect(useEditor.getState().document.steps).toHaveLength(4);
    const [id] = useEditor.getState().paste(text);
    expect(useEditor.getState().document.steps.at(-1)).toMatchObject({ id, settings: { words: "Thanks" } });
    expect(useEditor.getState().selection).toEqual([id]);
  });

  it("gives a new step no id that numbers hang on", () => {
    useEditor.setState({ view: { ...VIEW, taken: ["post"] } });
    expect(useEditor.getState().addStep("post", { position: null })).toBe("post_2");
  });
});

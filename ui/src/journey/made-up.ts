// Kinds and journeys that tests make up.
import type { JourneyDocument, JourneyView, Json, StepDocument, StepKind } from "../api/types";
import { both, madeField, madeKind, madeStep } from "../forms/made-up";
import type { Catalogue } from "./outcomes";

export const START = madeKind("start", [], { is_entry: true, group: "enter", outcomes: ["in"] });
export const POST = madeKind("post", [madeField("words", "text", { required: true })], {
  group: "send",
  outcomes: ["gone", "kept"],
  optional_outcomes: ["kept"],
});
export const ASK = madeKind("ask", [madeField("about", "step", { required: true, refers_to: ["post"] })], {
  group: "wait",
  outcomes: ["yes", "no"],
  outcome_titles: { yes: both("Yes!"), no: both("No!") },
});
export const FORK = madeKind(
  "fork",
  [madeField("ways", "branches", { default: { left: null } }), madeField("rest", "text", { default: "rest" })],
  { group: "split", outcome_settings: ["ways", "rest"], outcomes: [], primary: false },
);
export const STOP = madeKind("stop", [], { is_end: true, group: "end", outcomes: ["left"] });

export const KINDS: StepKind[] = [START, POST, ASK, FORK, STOP];
export const CATALOGUE: Catalogue = new Map(KINDS.map((kind) => [kind.kind, kind]));

export function step(id: string, kind: string, next: Record<string, string> = {}, settings: Record<string, Json> = {}): StepDocument {
  return madeStep(id, kind, settings, { next });
}

export function journey(...steps: StepDocument[]): JourneyDocument {
  return { key: "made_up", title: "Made up", mode: "continuous", tags: [], goal: null, steps };
}

/** start -> hello -> asked -(yes)-> thanks, -(no)-> bye. */
export function small(): JourneyDocument {
  return journey(
    step("start", "start", { in: "hello" }),
    step("hello", "post", { gone: "asked" }, { words: "Hello" }),
    step("asked", "ask", { yes: "thanks", no: "bye" }, { about: "hello" }),
    step("thanks", "post", {}, { words: "Thanks" }),
    step("bye", "stop"),
  );
}

/** What the server says of the journey above: a draft that was never published. */
export function madeView(more: Partial<JourneyView> = {}): JourneyView {
  return {
    document: small(),
    layout: {},
    revision: 1,
    state: "draft",
    version: null,
    saved_at: null,
    saved_by: null,
    may_edit: true,
    may_see_contacts: true,
    source: null,
    dag_path: null,
    paused: false,
    life: { paused_at: null, closed_at: null, archived_at: null },
    approval: null,
    taken: [],
    ...more,
  };
}

/** A tree of `size` steps with two ways at every other one, some joining again. */
export function large(size: number): JourneyDocument {
  const steps: StepDocument[] = [step("s0", "start", { in: "s1" })];
  for (let n = 1; n < size; n++) {
    const to = (index: number) => (index < size ? `s${index}` : undefined);
    const [first, second] = [to(2 * n), to(2 * n + 1)];
    const next = { ...(first && { yes: first }), ...(second && { no: second }) };
    steps.push(step(`s${n}`, "ask", next, { about: "s0" }));
  }
  return journey(...steps);
}

/** Numbers that look random and are the same each time, from 0 to below 1. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

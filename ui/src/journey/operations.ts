// What can be done to a journey. Pure: each takes a document and its layout and gives new ones.
import type { FixAction, Json, JourneyDocument, Layout, StepDocument, StepKind } from "../api/types";
import { nearestBefore, roots, validTargets, waysInto } from "./graph";
import { gapBehind, NODE_WIDTH, placeBehind, placesOf, pushRight } from "./layout";
import { outcomesOf, outcomesOfKind, stepOf, type Catalogue } from "./outcomes";

export interface Edited {
  document: JourneyDocument;
  layout: Layout;
}

/** At the end of an outcome, within a way, or on its own: where it was dropped, or (null) wherever there is room. */
export type Place =
  | { from: string; outcome: string }
  | { edge: [string, string] }
  | { position: { x: number; y: number } | null };

function withStep(document: JourneyDocument, id: string, change: (step: StepDocument) => StepDocument): JourneyDocument {
  return { ...document, steps: document.steps.map((step) => (step.id === id ? change(step) : step)) };
}

function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

export function same(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** "mail", "mail_2", ... : the first that neither the document nor `taken` has. */
export function newId(kind: string, taken: ReadonlySet<string>): string {
  const stem = kind.replace(/[^\w.-]+/g, "_") || "step";
  let id = stem;
  for (let n = 2; taken.has(id); n++) id = `${stem}_${n}`;
  return id;
}

export function connect(edited: Edited, from: string, outcome: string, to: string): Edited {
  const document = withStep(edited.document, from, (step) => ({ ...step, next: { ...step.next, [outcome]: to } }));
  return { ...edited, document };
}

export function disconnect(edited: Edited, from: string, outcome: string): Edited {
  const document = withStep(edited.document, from, (step) => ({ ...step, next: without(step.next, outcome) }));
  return { ...edited, document };
}

/** Adds a step: at the end of an outcome, within a way, or free. Gives its id too. `taken`: ids not to be used again. */
export function addStep(
  edited: Edited,
  catalogue: Catalogue,
  kind: StepKind,
  at: Place,
  taken: ReadonlySet<string> = new Set(),
): Edited & { id: string } {
  const { document } = edited;
  const id = newId(kind.kind, new Set([...taken, ...document.steps.map((step) => step.id)]));
  const step: StepDocument = { id, kind: kind.kind, title: null, settings: {}, next: {} };
  if ("position" in at) {
    const added = { ...document, steps: [...document.steps, step] };
    return { document: added, layout: freeLayout(edited, added, catalogue, id, at.position), id };
  }
  const [from, outcome] = "edge" in at ? at.edge : [at.from, at.outcome];
  const before = document.steps.findIndex((one) => one.id === from);
  const target = stepOf(document, document.steps[before]?.next[outcome] ?? "")?.id;
  const onward = outcomesOfKind(kind, {})[0];
  if (target !== undefined && onward !== undefined) step.next[onward] = target;
  const steps = [...document.steps];
  steps.splice(before + 1, 0, step);
  const connected = connect({ document: { ...document, steps }, layout: edited.layout }, from, outcome, id);
  return { ...placed(edited, connected, catalogue, from, id, target), id };
}

/** One dropped by hand keeps its place, and so do all others; a first step, or one put anywhere, fixes nothing. */
function freeLayout(
  was: Edited,
  document: JourneyDocument,
  catalogue: Catalogue,
  id: string,
  position: { x: number; y: number } | null,
): Layout {
  const { layout } = was;
  if (position === null) return Object.keys(layout).length ? placesOf(document, layout, catalogue) : layout;
  if (!was.document.steps.length) return layout;
  return { ...placesOf(was.document, layout, catalogue), [id]: rounded(position) };
}

function placed(was: Edited, now: Edited, catalogue: Catalogue, from: string, id: string, target?: string): Edited {
  const filled = { ...now, document: withStep(now.document, id, (step) => referring(now.document, catalogue, step)) };
  if (!Object.keys(was.layout).length) return filled;
  const places = placesOf(was.document, was.layout, catalogue);
  const spot = placeBehind(filled.document, places, catalogue, from, id);
  const layout = { ...places, [id]: spot };
  if (target === undefined) return { ...filled, layout };
  const added = stepOf(filled.document, id);
  const clear = spot.x + NODE_WIDTH + (added ? gapBehind(added, catalogue) : 0);
  return { ...filled, layout: pushRight(filled.document, layout, catalogue, target, clear) };
}

/** A new step that must name an earlier one names the nearest that fits. */
function referring(document: JourneyDocument, catalogue: Catalogue, step: StepDocument): StepDocument {
  const settings = { ...step.settings };
  for (const field of catalogue.get(step.kind)?.settings ?? []) {
    if (!field.refers_to.length || !field.required || settings[field.name] !== undefined) continue;
    const found = nearestBefore(document, step.id, field.refers_to);
    if (found !== null) settings[field.name] = found;
  }
  return { ...step, settings };
}

/** Removes steps. Where one had one way in and one way out, the gap is closed. */
export function removeSteps(edited: Edited, ids: readonly string[]): Edited {
  return ids.reduce(removeOne, edited);
}

function removeOne(edited: Edited, id: string): Edited {
  const step = stepOf(edited.document, id);
  if (!step) return edited;
  const into = waysInto(edited.document, id);
  const targets = Object.values(step.next).filter((to) => stepOf(edited.document, to));
  const onward = into.length === 1 && targets.length === 1 ? targets[0] : undefined;
  const steps = edited.document.steps
    .filter((one) => one.id !== id)
    .map((one) => {
      if (!Object.values(one.next).includes(id)) return one;
      const ways = Object.entries(one.next).flatMap(([outcome, to]): [string, string][] =>
        to !== id ? [[outcome, to]] : onward === undefined ? [] : [[outcome, onward]],
      );
      return { ...one, next: Object.fromEntries(ways) };
    });
  return { document: { ...edited.document, steps }, layout: without(edited.layout, id) };
}

/** Sets a setting; undefined, or its default, takes it away. Ways follow an outcome that is only renamed. */
export function setSetting(
  edited: Edited,
  catalogue: Catalogue,
  id: string,
  name: string,
  value: Json | undefined,
): Edited {
  const document = withStep(edited.document, id, (step) => {
    const kind = catalogue.get(step.kind);
    const field = kind?.settings.find((one) => one.name === name);
    const isDefault = value === undefined || (field && !field.required && same(value, field.default));
    const settings = isDefault ? without(step.settings, name) : { ...step.settings, [name]: value };
    if (!kind?.outcome_settings.includes(name)) return { ...step, settings };
    const next = followed(step.next, outcomesOfKind(kind, step.settings), outcomesOfKind(kind, settings));
    return { ...step, settings, next };
  });
  return { ...edited, document };
}

function followed(next: StepDocument["next"], before: string[], after: string[]): StepDocument["next"] {
  const gone = before.filter((name) => !after.includes(name));
  const come = after.filter((name) => !before.includes(name));
  const renamed = before.length === after.length && gone.length === 1 && come.length === 1;
  const ways = Object.entries(next).flatMap(([outcome, to]): [string, string][] => {
    if (!gone.includes(outcome)) return [[outcome, to]];
    return renamed && come[0] !== undefined ? [[come[0], to]] : [];
  });
  return Object.fromEntries(ways);
}

export function setStep(edited: Edited, id: string, patch: { title?: string | null }): Edited {
  return { ...edited, document: withStep(edited.document, id, (step) => ({ ...step, ...patch })) };
}

/** Puts steps where the author dropped them; from then on all stay where they are. */
export function moveSteps(edited: Edited, catalogue: Catalogue, moved: Layout): Edited {
  const layout = { ...placesOf(edited.document, edited.layout, catalogue) };
  for (const [id, place] of Object.entries(moved)) layout[id] = rounded(place);
  return { ...edited, layout };
}

export function rounded(place: { x: number; y: number }): { x: number; y: number } {
  return { x: Math.round(place.x), y: Math.round(place.y) };
}

/** What a fix button does. Unknown steps and kinds change nothing. */
export function applyFix(edited: Edited, catalogue: Catalogue, action: FixAction, taken?: ReadonlySet<string>): Edited {
  const { step, outcome } = action;
  const kind = action.kind === null ? undefined : catalogue.get(action.kind);
  if (action.do === "entry") return kind ? addEntry(edited, catalogue, kind, step, taken) : edited;
  if (step === null || !stepOf(edited.document, step)) return edited;
  if (action.do === "remove") return removeSteps(edited, [step]);
  if (action.do === "set") {
    const value = action.value === null ? undefined : action.value;
    return action.setting === null ? edited : setSetting(edited, catalogue, step, action.setting, value);
  }
  if (outcome === null) return edited;
  if (action.do === "connect") return action.to === null ? edited : connect(edited, step, outcome, action.to);
  if (action.do === "disconnect") return disconnect(edited, step, outcome);
  return kind ? addStep(edited, catalogue, kind, { from: step, outcome }, taken) : edited;
}

/** Puts an entry step in front of `first`, or of the first step that nothing leads to. */
export function addEntry(
  edited: Edited,
  catalogue: Catalogue,
  kind: StepKind,
  first: string | null,
  taken: ReadonlySet<string> = new Set(),
): Edited & { id: string } {
  const { document } = edited;
  const id = newId(kind.kind, new Set([...taken, ...document.steps.map((step) => step.id)]));
  const free = roots(document).find((root) => !isEntry(document, catalogue, root));
  const to = first !== null && stepOf(document, first) ? first : free;
  const outcome = outcomesOfKind(kind, {})[0];
  const next = to !== undefined && outcome !== undefined ? { [outcome]: to } : {};
  const entry: StepDocument = { id, kind: kind.kind, title: null, settings: {}, next };
  const places = placesOf(document, edited.layout, catalogue);
  const target = to === undefined ? undefined : places[to];
  const layout =
    target && Object.keys(edited.layout).length
      ? { ...places, [id]: { x: target.x - NODE_WIDTH - gapBehind(entry, catalogue), y: target.y } }
      : edited.layout;
  return { document: { ...document, steps: [entry, ...document.steps] }, layout, id };
}

function isEntry(document: JourneyDocument, catalogue: Catalogue, id: string): boolean {
  return Boolean(catalogue.get(stepOf(document, id)?.kind ?? "")?.is_entry);
}

/** Where a step goes that is added "behind" another: its first free outcome, else into its first way. */
export function placeAfter(document: JourneyDocument, catalogue: Catalogue, id: string): Place | null {
  const step = stepOf(document, id);
  if (!step) return null;
  const kind = catalogue.get(step.kind);
  const outcomes = outcomesOf(step, catalogue);
  const led = (outcome: string) => stepOf(document, step.next[outcome] ?? "") !== undefined;
  const free =
    outcomes.find((outcome) => !led(outcome) && !kind?.optional_outcomes.includes(outcome)) ??
    (outcomes.some(led) ? undefined : outcomes[0]);
  if (free !== undefined) return { from: id, outcome: free };
  return outcomes[0] === undefined ? null : { edge: [id, outcomes[0]] };
}

/** Kinds that may follow there: no entry steps; no end within a way. */
export function mayFollow(catalogue: Catalogue, withinWay: boolean): StepKind[] {
  return [...catalogue.values()].filter((kind) => !kind.is_entry && !(withinWay && kind.is_end));
}

/** Whether the outcome may lead there. */
export function mayConnect(edited: Edited, catalogue: Catalogue, from: string, to: string): boolean {
  return validTargets(edited.document, catalogue, from).has(to);
}

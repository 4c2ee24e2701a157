// Which outcomes a step has, from its kind and its settings.
import type { Json, JourneyDocument, Said, StepDocument, StepKind } from "../api/types";

/** Kinds of step by their name, in the palette's order. */
export type Catalogue = ReadonlyMap<string, StepKind>;

/** What a setting is now: as set, else its default. */
export function valueOf(kind: StepKind, settings: StepDocument["settings"], name: string): Json {
  return settings[name] ?? kind.settings.find((field) => field.name === name)?.default ?? null;
}

/** The outcomes a kind gives with these settings, in the author's order. */
export function outcomesOfKind(kind: StepKind, settings: StepDocument["settings"]): string[] {
  if (kind.is_end) return [];
  if (!kind.outcome_settings.length) return kind.outcomes;
  const names = kind.outcome_settings.flatMap((name) => {
    const value = valueOf(kind, settings, name);
    if (typeof value === "string") return [value];
    return value && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
  });
  return [...new Set(names)];
}

/** The outcomes of a step, and those it no longer has but that still lead somewhere. */
export function outcomesOf(step: StepDocument, catalogue: Catalogue): string[] {
  const kind = catalogue.get(step.kind);
  const own = kind ? outcomesOfKind(kind, step.settings) : [];
  const left = Object.keys(step.next).filter((outcome) => !own.includes(outcome));
  return left.length ? [...own, ...left] : own;
}

/** The title of an outcome; its name when it has none (branches are named by their author). */
export function outcomeTitle(kind: StepKind | undefined, outcome: string, say: (said: Said) => string): string {
  const said = kind?.outcome_titles[outcome];
  return said ? say(said) : outcome;
}

/** What a step is called: its own title, else that of its kind. */
export function stepTitle(step: StepDocument, catalogue: Catalogue, say: (said: Said) => string): string {
  const kind = catalogue.get(step.kind);
  return step.title?.trim() || (kind ? say(kind.title) : step.kind);
}

export function stepOf(document: JourneyDocument, id: string): StepDocument | undefined {
  return document.steps.find((step) => step.id === id);
}

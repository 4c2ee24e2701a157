// Steps as text, for copying between journeys, windows and mails.
import type { JourneyDocument, Layout, StepDocument } from "../api/types";
import { newId, rounded, type Edited } from "./operations";
import { placesOf } from "./layout";
import type { Catalogue } from "./outcomes";

const MARK = "airflow_ma steps";

interface Clip {
  is: typeof MARK;
  steps: StepDocument[];
  layout: Layout;
}

/** The chosen steps as JSON text; empty when none is there. */
export function copySteps(edited: Edited, catalogue: Catalogue, ids: readonly string[]): string {
  const steps = edited.document.steps.filter((step) => ids.includes(step.id));
  if (!steps.length) return "";
  const places = placesOf(edited.document, edited.layout, catalogue);
  const layout = Object.fromEntries(steps.map((step) => [step.id, places[step.id] ?? { x: 0, y: 0 }]));
  const clip: Clip = { is: MARK, steps, layout };
  return JSON.stringify(clip, null, 2);
}

/** What a copied text holds; null when it is something else. */
export function readClip(text: string): Clip | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value.is !== MARK || !Array.isArray(value.steps)) return null;
    if (!value.steps.every(isStep)) return null;
    return { is: MARK, steps: value.steps, layout: isLayout(value.layout) ? value.layout : {} };
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStep(value: unknown): value is StepDocument {
  return (
    isRecord(value) &&
    typeof value.id === "string" &&
    typeof value.kind === "string" &&
    (value.title === null || typeof value.title === "string") &&
    isRecord(value.settings) &&
    isRecord(value.next) &&
    Object.values(value.next).every((to) => typeof to === "string")
  );
}

function isLayout(value: unknown): value is Layout {
  const isPlace = (place: unknown) => isRecord(place) && Number.isFinite(place.x) && Number.isFinite(place.y);
  return isRecord(value) && Object.values(value).every(isPlace);
}

/** Puts copied steps in: with new ids, and ways and references among them following. Null: not our text. */
export function pasteSteps(
  edited: Edited,
  catalogue: Catalogue,
  text: string,
  taken: ReadonlySet<string>,
): (Edited & { ids: string[] }) | null {
  const clip = readClip(text);
  if (!clip?.steps.length) return null;
  const used = new Set([...taken, ...edited.document.steps.map((step) => step.id)]);
  const ids = new Map<string, string>();
  for (const step of clip.steps) {
    const id = newId(step.kind, used);
    used.add(id);
    ids.set(step.id, id);
  }
  const steps = clip.steps.map((step) => pasted(step, ids, catalogue));
  const document: JourneyDocument = { ...edited.document, steps: [...edited.document.steps, ...steps] };
  const before = placesOf(edited.document, edited.layout, catalogue);
  const layout = Object.keys(edited.layout).length ? { ...before, ...below(clip, ids, before) } : edited.layout;
  return { document, layout, ids: steps.map((step) => step.id) };
}

function pasted(step: StepDocument, ids: ReadonlyMap<string, string>, catalogue: Catalogue): StepDocument {
  const settings = { ...step.settings };
  for (const field of catalogue.get(step.kind)?.settings ?? []) {
    const value = settings[field.name];
    const follows = typeof value === "string" && field.refers_to.length ? ids.get(value) : undefined;
    if (follows !== undefined) settings[field.name] = follows;
  }
  const ways = Object.entries(step.next).flatMap(([outcome, to]): [string, string][] => {
    const target = ids.get(to);
    return target === undefined ? [] : [[outcome, target]];
  });
  return { id: ids.get(step.id) ?? step.id, kind: step.kind, title: step.title, settings, next: Object.fromEntries(ways) };
}

/** Where pasted steps go: as they stood to each other, under everything that is there. */
function below(clip: Clip, ids: ReadonlyMap<string, string>, before: Layout): Layout {
  const places = clip.steps.map((step) => clip.layout[step.id] ?? { x: 0, y: 0 });
  const top = Math.min(...places.map((place) => place.y));
  const free = Math.max(0, ...Object.values(before).map((place) => place.y + 180));
  return Object.fromEntries(
    clip.steps.map((step, index) => {
      const place = places[index] ?? { x: 0, y: 0 };
      return [ids.get(step.id) ?? step.id, rounded({ x: place.x, y: place.y - top + free })];
    }),
  );
}

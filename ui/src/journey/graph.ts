// Who leads to whom in a journey. Documents may be unfinished: targets that do not exist are ignored.
import type { JourneyDocument } from "../api/types";
import { stepOf, type Catalogue } from "./outcomes";

export interface Way {
  from: string;
  outcome: string;
  to: string;
}

/** Every way from a step to one that exists. */
export function waysOf(document: JourneyDocument): Way[] {
  const ids = new Set(document.steps.map((step) => step.id));
  return document.steps.flatMap((step) =>
    Object.entries(step.next)
      .filter(([, to]) => ids.has(to))
      .map(([outcome, to]) => ({ from: step.id, outcome, to })),
  );
}

export function waysInto(document: JourneyDocument, id: string): Way[] {
  return waysOf(document).filter((way) => way.to === id);
}

function reached(start: string, nexts: (id: string) => string[]): Set<string> {
  const seen = new Set([start]);
  const queue = [start];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const next of nexts(id)) {
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return seen;
}

function neighbours(ways: Way[], from: "from" | "to", to: "from" | "to"): (id: string) => string[] {
  const all = new Map<string, string[]>();
  for (const way of ways) {
    const list = all.get(way[from]);
    if (list) list.push(way[to]);
    else all.set(way[from], [way[to]]);
  }
  return (id) => all.get(id) ?? [];
}

/** The step and everything that leads to it, nearest first. */
export function upstream(document: JourneyDocument, id: string): Set<string> {
  return reached(id, neighbours(waysOf(document), "to", "from"));
}

/** The step and everything it leads to, nearest first. */
export function downstream(document: JourneyDocument, id: string): Set<string> {
  return reached(id, neighbours(waysOf(document), "from", "to"));
}

/** Steps that `from` may lead to: no entry steps, and none from which one would come back. */
export function validTargets(document: JourneyDocument, catalogue: Catalogue, from: string): Set<string> {
  const before = upstream(document, from);
  const fits = document.steps.filter((step) => !before.has(step.id) && !catalogue.get(step.kind)?.is_entry);
  return new Set(fits.map((step) => step.id));
}

/** The steps that nothing leads to, in the author's order. */
export function roots(document: JourneyDocument): string[] {
  const led = new Set(waysOf(document).map((way) => way.to));
  return document.steps.filter((step) => !led.has(step.id)).map((step) => step.id);
}

/** The nearest step before `id` whose kind is one of `kinds`. */
export function nearestBefore(document: JourneyDocument, id: string, kinds: string[]): string | null {
  for (const before of upstream(document, id)) {
    const step = stepOf(document, before);
    if (before !== id && step && kinds.includes(step.kind)) return before;
  }
  return null;
}

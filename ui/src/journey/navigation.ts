// Moving from step to step with the arrow keys, along the flow.
import type { JourneyDocument, Layout } from "../api/types";
import { roots, waysInto } from "./graph";
import { NODE_WIDTH } from "./layout";
import { outcomesOf, stepOf, type Catalogue } from "./outcomes";

export type Direction = "left" | "right" | "up" | "down";

/** The step that the arrow leads to from `id`; null when there is none that way. */
export function neighbour(
  document: JourneyDocument,
  catalogue: Catalogue,
  places: Layout,
  id: string,
  direction: Direction,
  /** Where the reader came from: going back leads there again. */
  cameFrom: string | null = null,
): string | null {
  const step = stepOf(document, id);
  if (!step) return firstStep(document);
  if (direction === "right") {
    const targets = outcomesOf(step, catalogue).flatMap((outcome) => {
      const to = step.next[outcome];
      return to !== undefined && stepOf(document, to) ? [to] : [];
    });
    return cameFrom !== null && targets.includes(cameFrom) ? cameFrom : (targets[0] ?? null);
  }
  if (direction === "left") {
    const before = waysInto(document, id).map((way) => way.from);
    return cameFrom !== null && before.includes(cameFrom) ? cameFrom : (before[0] ?? null);
  }
  return beside(document, places, id, direction);
}

/** The nearest one above or below: in the same column if there is any. */
function beside(document: JourneyDocument, places: Layout, id: string, direction: "up" | "down"): string | null {
  const here = places[id];
  if (!here) return null;
  const sign = direction === "down" ? 1 : -1;
  let best: { id: string; far: number } | null = null;
  for (const step of document.steps) {
    const place = places[step.id];
    if (!place || step.id === id) continue;
    const dy = (place.y - here.y) * sign;
    const dx = Math.abs(place.x - here.x);
    if (dy <= 0) continue;
    const far = dy + (dx < NODE_WIDTH ? 0 : 10_000 + dx * 4);
    if (!best || far < best.far) best = { id: step.id, far };
  }
  return best?.id ?? null;
}

/** Where reading begins: an entry, else the first step. */
export function firstStep(document: JourneyDocument): string | null {
  return roots(document)[0] ?? document.steps[0]?.id ?? null;
}

// Two states of a journey as one drawing: what is there now, and as ghosts what is gone.
import type { Change, Diff, JourneyDocument, Layout, StepDocument } from "../api/types";
import { waysOf } from "../journey/graph";
import { NODE_WIDTH, nodeHeight } from "../journey/layout";
import { outcomesOf, type Catalogue } from "../journey/outcomes";

/** null: the same on both sides. */
export type Mark = Change | null;

export interface Way {
  from: string;
  outcome: string;
  to: string;
  mark: Mark;
}

export interface Union {
  /** The newer state with the steps that are gone; each with the outcomes of both. */
  document: JourneyDocument;
  /** The same for arranging it: what led to ghosts still leads to them. */
  arranged: JourneyDocument;
  layout: Layout;
  marks: ReadonlyMap<string, Mark>;
  ways: Way[];
}

const GAP = 28;

export function unionOf(
  before: { document: JourneyDocument; layout: Layout } | null,
  after: { document: JourneyDocument; layout: Layout },
  diff: Diff | null,
  catalogue: Catalogue,
): Union {
  const old = new Map((before?.document.steps ?? []).map((step) => [step.id, step]));
  const there = new Set(after.document.steps.map((step) => step.id));
  const gone = [...old.values()].filter((step) => !there.has(step.id));
  const steps = [...after.document.steps.map((step) => bothNexts(step, old.get(step.id))), ...gone];
  const document = { ...after.document, steps };
  const marks = new Map((diff?.steps ?? []).map(({ step, change }): [string, Mark] => [step, change]));
  const layout = before ? withGhosts(after, before.layout, gone, catalogue) : after.layout;
  const ways = markedWays(before?.document ?? null, after.document);
  return { document, arranged: withLost(document, ways, new Set(gone.map((step) => step.id))), layout, marks, ways };
}

/** A way that leads elsewhere now still has its outcome, for the line that is gone. */
function bothNexts(now: StepDocument, old: StepDocument | undefined): StepDocument {
  return old ? { ...now, next: { ...old.next, ...now.next } } : now;
}

/** An outcome that leads elsewhere now leads to the ghost, too. */
function withLost(document: JourneyDocument, ways: readonly Way[], ghosts: ReadonlySet<string>): JourneyDocument {
  const lost = ways.filter(({ mark, to }) => mark === "removed" && ghosts.has(to));
  const steps = document.steps.map((step) => {
    const mine = lost.filter(({ from, outcome, to }) => from === step.id && step.next[outcome] !== to);
    const more = Object.fromEntries(mine.map(({ outcome, to }) => [`${outcome} ${to}`, to]));
    return mine.length ? { ...step, next: { ...step.next, ...more } } : step;
  });
  return { ...document, steps };
}

function markedWays(before: JourneyDocument | null, after: JourneyDocument): Way[] {
  const named = (document: JourneyDocument) =>
    new Map(waysOf(document).map((way) => [JSON.stringify([way.from, way.outcome, way.to]), way]));
  const now = named(after);
  if (!before) return [...now.values()].map((way) => ({ ...way, mark: null }));
  const old = named(before);
  return [
    ...[...now].map(([name, way]): Way => ({ ...way, mark: old.has(name) ? null : "added" })),
    ...[...old].filter(([name]) => !now.has(name)).map(([, way]): Way => ({ ...way, mark: "removed" })),
  ];
}

/** Ghosts stand where they stood, or below what stands there now; a journey that is laid out by itself stays so. */
function withGhosts(
  after: { document: JourneyDocument; layout: Layout },
  before: Layout,
  gone: readonly StepDocument[],
  catalogue: Catalogue,
): Layout {
  if (!after.document.steps.some((step) => after.layout[step.id])) return {};
  const layout: Layout = { ...after.layout };
  const height = new Map([...after.document.steps, ...gone].map((step) => [step.id, nodeHeight(outcomesOf(step, catalogue).length)]));
  for (const step of gone) {
    const wish = before[step.id];
    if (!wish) continue;
    const mine = height.get(step.id) ?? 0;
    let y = wish.y;
    const near = Object.entries(layout)
      .filter(([, place]) => Math.abs(place.x - wish.x) < NODE_WIDTH)
      .sort(([, a], [, b]) => a.y - b.y);
    for (const [id, place] of near) {
      const end = place.y + (height.get(id) ?? 0);
      if (place.y < y + mine && y < end) y = end + GAP;
    }
    layout[step.id] = { x: wish.x, y };
  }
  return layout;
}

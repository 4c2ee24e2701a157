// Where steps stand on the canvas: from left to right, outcomes from top to bottom in their author's order.
import { graphlib, layout as arrange } from "@dagrejs/dagre";
import type { JourneyDocument, Layout, StepDocument } from "../api/types";
import { downstream, waysOf } from "./graph";
import { outcomesOf, stepOf, type Catalogue } from "./outcomes";
import { textWidth } from "./widths";

export const NODE_WIDTH = 184;
/** Between a step and the one below. */
const GAP_BELOW = 28;
/** Between two columns with nothing but a "+". */
const NARROW_GAP = 48;
/** What an outcome's name may take of the width before it goes on in a second line. */
const LONGEST_NAME = 84;
/** Beside that name: its "+", and the line before and behind. */
const AROUND_NAME = 58;
const NAME_SIZE = 11.5;
const OUTCOME_HEIGHT = 32;

/** Height of a step on the canvas, in its pixels. */
export function nodeHeight(outcomes: number): number {
  return Math.max(88, outcomes * OUTCOME_HEIGHT + 20);
}

/** Room between a step and what follows: as much as the names of its outcomes need, in whichever language. */
export function gapBehind(step: StepDocument, catalogue: Catalogue): number {
  if (!isNamed(step, catalogue)) return NARROW_GAP;
  const titles = catalogue.get(step.kind)?.outcome_titles ?? {};
  const widths = outcomesOf(step, catalogue).flatMap((outcome) => {
    const { en, ja } = titles[outcome] ?? { en: outcome, ja: outcome };
    return [textWidth(en, NAME_SIZE), textWidth(ja, NAME_SIZE)];
  });
  return Math.min(LONGEST_NAME, Math.max(...widths)) + AROUND_NAME;
}

/** Where the handles of outcomes are, from the top of their step. The only one that has to lead on is in the middle. */
export function handleTops(outcomes: readonly string[], optional: readonly string[]): number[] {
  const middle = nodeHeight(outcomes.length) / 2;
  const main = outcomes.filter((outcome) => !optional.includes(outcome));
  const centre = main.length === 1 && outcomes.length === 2 ? outcomes.indexOf(main[0] ?? "") : (outcomes.length - 1) / 2;
  return outcomes.map((_, index) => middle + (index - centre) * OUTCOME_HEIGHT);
}

interface Box {
  x: number;
  y: number;
  height: number;
}

/** The places of all steps: those put by hand there, else all laid out. */
export function placesOf(document: JourneyDocument, layout: Layout, catalogue: Catalogue): Layout {
  const byHand = document.steps.filter((step) => layout[step.id]);
  if (!byHand.length) return autoLayout(document, catalogue);
  if (byHand.length === document.steps.length) return layout;
  const places: Layout = Object.fromEntries(byHand.map((step) => [step.id, layout[step.id] ?? { x: 0, y: 0 }]));
  const ways = waysOf(document);
  for (const step of document.steps) {
    if (places[step.id]) continue;
    const before = ways.find((way) => way.to === step.id && places[way.from]);
    places[step.id] = before
      ? placeBehind(document, places, catalogue, before.from, step.id)
      : freeSpot(boxes(document, places, catalogue), topLeft(places), heightOf(document, catalogue, step.id));
  }
  return places;
}

function topLeft(places: Layout): { x: number; y: number } {
  const all = Object.values(places);
  return { x: Math.min(...all.map((place) => place.x)), y: Math.min(...all.map((place) => place.y)) };
}

function heightOf(document: JourneyDocument, catalogue: Catalogue, id: string): number {
  const step = stepOf(document, id);
  return nodeHeight(step ? outcomesOf(step, catalogue).length : 0);
}

function boxes(document: JourneyDocument, places: Layout, catalogue: Catalogue): Box[] {
  return Object.entries(places).map(([id, place]) => ({ ...place, height: heightOf(document, catalogue, id) }));
}

/** The first place from `wish` downwards that overlaps nothing. */
function freeSpot(taken: Box[], wish: { x: number; y: number }, height: number): { x: number; y: number } {
  const near = taken.filter((box) => Math.abs(box.x - wish.x) < NODE_WIDTH).sort((a, b) => a.y - b.y);
  let y = wish.y;
  for (const box of near) {
    if (box.y < y + height && y < box.y + box.height) y = box.y + box.height + GAP_BELOW;
  }
  return { x: wish.x, y };
}

/** Where a new step behind `from` goes when steps stay where they were put. */
export function placeBehind(
  document: JourneyDocument,
  places: Layout,
  catalogue: Catalogue,
  from: string,
  id: string,
): { x: number; y: number } {
  const start = places[from] ?? { x: 0, y: 0 };
  const step = stepOf(document, from);
  const outcomes = step ? outcomesOf(step, catalogue) : [];
  const index = Math.max(0, outcomes.findIndex((outcome) => step?.next[outcome] === id));
  const height = heightOf(document, catalogue, id);
  const spread = (index - (outcomes.length - 1) / 2) * (height + GAP_BELOW);
  const gap = step ? gapBehind(step, catalogue) : NARROW_GAP;
  const wish = { x: start.x + NODE_WIDTH + gap, y: start.y + (nodeHeight(outcomes.length) - height) / 2 + spread };
  // What it is put in front of makes room to the right.
  const onward = downstream(document, id);
  const others = Object.fromEntries(Object.entries(places).filter(([other]) => !onward.has(other)));
  const spot = freeSpot(boxes(document, others, catalogue), wish, height);
  return { x: Math.round(spot.x), y: Math.round(spot.y) };
}

/** Moves `first` and what follows to the right until `first` is at `x`, around what stays. */
export function pushRight(
  document: JourneyDocument,
  places: Layout,
  catalogue: Catalogue,
  first: string,
  x: number,
): Layout {
  const by = Math.max(0, x - (places[first]?.x ?? x));
  const following = downstream(document, first);
  const moved = Object.entries(places).filter(([id]) => following.has(id));
  const result = Object.fromEntries(Object.entries(places).filter(([id]) => !following.has(id)));
  for (const [id, place] of moved.sort(([, a], [, b]) => a.x - b.x)) {
    const wish = { x: place.x + by, y: place.y };
    result[id] = freeSpot(boxes(document, result, catalogue), wish, heightOf(document, catalogue, id));
  }
  return result;
}

/** A height of its own at which a way passes a column of steps; `left` is the column's left side. */
export interface Lane {
  left: number;
  y: number;
}

interface Arrangement {
  places: Layout;
  /** Step -> target -> where a way that passes columns passes them. */
  lanes: ReadonlyMap<string, ReadonlyMap<string, Lane[]>>;
}

let last: { shape: string; arrangement: Arrangement } | null = null;

function arrangement(document: JourneyDocument, catalogue: Catalogue): Arrangement {
  const shape = JSON.stringify(document.steps.map((step) => [step.id, outcomesOf(step, catalogue), step.next]));
  if (last?.shape !== shape) last = { shape, arrangement: arranged(document, catalogue) };
  return last.arrangement;
}

/** The layout as the program makes it: the same document always gives the same. */
export function autoLayout(document: JourneyDocument, catalogue: Catalogue): Layout {
  return arrangement(document, catalogue).places;
}

/** How ways go around the steps between their ends; steps that were put by hand have no such ways. */
export function lanesOf(document: JourneyDocument, layout: Layout, catalogue: Catalogue): Arrangement["lanes"] {
  const byHand = document.steps.some((step) => layout[step.id]);
  return byHand ? new Map() : arrangement(document, catalogue).lanes;
}

interface Arranged {
  rank: number;
  order: number;
  dummy?: string;
  edgeObj?: { v: string; w: string };
}

function arranged(document: JourneyDocument, catalogue: Catalogue): Arrangement {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP_BELOW, ranksep: LONGEST_NAME + AROUND_NAME, edgesep: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  // Numbers of our own: the library sorts names that look like numbers.
  const name = new Map(document.steps.map((step, index) => [step.id, `n${index}`]));
  const named = (id: string): string => name.get(id) ?? "";
  const rank = new Map<string, number>();
  for (const step of document.steps) {
    const outcomes = outcomesOf(step, catalogue);
    graph.setNode(named(step.id), { width: NODE_WIDTH, height: nodeHeight(outcomes.length) });
    outcomes.forEach((outcome, index) => {
      const key = `${named(step.id)} ${named(step.next[outcome] ?? "")}`;
      if (!rank.has(key)) rank.set(key, index);
    });
  }
  const ways = waysOf(document).filter((way) => way.from !== way.to);
  for (const way of ways) graph.setEdge(named(way.from), named(way.to));
  arrange(graph, { customOrder: (inner) => orderAsWritten(inner, rank) });

  const columns = columnsOf(document, catalogue, (id) => (graph.node(named(id)) as { x: number }).x);
  const places = document.steps.map((step): [string, { x: number; y: number }] => {
    const node = graph.node(named(step.id)) as { x: number; y: number; height: number };
    return [step.id, { x: columns.get(Math.round(node.x)) ?? 0, y: Math.round(node.y - node.height / 2) }];
  });
  const lanes = new Map<string, Map<string, Lane[]>>();
  for (const { from, to } of ways) {
    const points = (graph.edge(named(from), named(to)) as { points: { x: number; y: number }[] }).points.slice(1, -1);
    const passed = points.flatMap((point): Lane[] => {
      const left = columns.get(Math.round(point.x));
      return left === undefined ? [] : [{ left, y: Math.round(point.y) }];
    });
    if (!passed.length) continue;
    const known = lanes.get(from) ?? new Map<string, Lane[]>();
    lanes.set(from, known.set(to, passed));
  }
  return { places: Object.fromEntries(places), lanes };
}

/** The left sides of columns, by their middles: as close together as the names between them allow. */
function columnsOf(document: JourneyDocument, catalogue: Catalogue, middle: (id: string) => number): Map<number, number> {
  const gaps = new Map<number, number>();
  for (const step of document.steps) {
    const x = Math.round(middle(step.id));
    gaps.set(x, Math.max(gaps.get(x) ?? NARROW_GAP, gapBehind(step, catalogue)));
  }
  const columns = new Map<number, number>();
  let left = 0;
  for (const [x, gap] of [...gaps].sort(([a], [b]) => a - b)) {
    columns.set(x, left);
    left += NODE_WIDTH + gap;
  }
  return columns;
}

/** Whether the names of a step's outcomes are written: it leads on in more than one way. */
export function isNamed(step: StepDocument, catalogue: Catalogue): boolean {
  const optional = catalogue.get(step.kind)?.optional_outcomes ?? [];
  return outcomesOf(step, catalogue).filter((name) => step.next[name] !== undefined || !optional.includes(name)).length > 1;
}

/** Within a column, steps come in the order in which a reader who takes outcomes from the top meets them. */
function orderAsWritten(graph: graphlib.Graph, rank: ReadonlyMap<string, number>): void {
  const label = (id: string) => graph.node(id) as Arranged;
  const column = new Map<number, number>();
  const seen = new Set<string>();
  const outcomeTo = (from: string, to: string): number => {
    const way = label(to).edgeObj;
    return rank.get(way ? `${way.v} ${way.w}` : `${from} ${to}`) ?? 0;
  };
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const { rank: at } = label(id);
    const order = column.get(at) ?? 0;
    column.set(at, order + 1);
    label(id).order = order;
    const next = (graph.successors(id) ?? []).map(String);
    for (const to of next.sort((a, b) => outcomeTo(id, a) - outcomeTo(id, b))) visit(to);
  };
  const ids = graph.nodes().map(String);
  for (const id of [...ids.filter((one) => !label(one).dummy)].sort((a, b) => label(a).rank - label(b).rank)) visit(id);
  for (const id of ids) visit(id);
}

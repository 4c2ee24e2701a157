// The journey as React Flow's nodes and edges. What did not change keeps its identity, so it is not drawn again.
import type { Edge, Node } from "@xyflow/react";
import type { JourneyDocument, Layout } from "../api/types";
import { waysOf } from "../journey/graph";
import { NODE_WIDTH, nodeHeight } from "../journey/layout";
import { outcomesOf, type Catalogue } from "../journey/outcomes";

export type StepNode = Node<Record<string, never>, "step">;
export type WayEdge = Edge<{ outcome: string }, "way">;

const NO_DATA: Record<string, never> = {};

/** React Flow's name of an outcome's handle: never empty, even when the outcome's is. */
export function handleId(outcome: string): string {
  return `o:${outcome}`;
}

export function outcomeOfHandle(handle: string | null | undefined): string | null {
  return handle?.startsWith("o:") ? handle.slice(2) : null;
}

export function edgeId(from: string, outcome: string): string {
  return JSON.stringify([from, outcome]);
}

export function wayOfEdge(id: string): [string, string] | null {
  try {
    const parts: unknown = JSON.parse(id);
    if (Array.isArray(parts) && typeof parts[0] === "string" && typeof parts[1] === "string") return [parts[0], parts[1]];
  } catch {
    // Not one of ours.
  }
  return null;
}

export function nodesOf(
  document: JourneyDocument,
  places: Layout,
  catalogue: Catalogue,
  selection: readonly string[],
  before: readonly StepNode[],
): StepNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const chosen = new Set(selection);
  const now = document.steps.map((step): StepNode => {
    const position = places[step.id] ?? { x: 0, y: 0 };
    const height = nodeHeight(outcomesOf(step, catalogue).length);
    const selected = chosen.has(step.id);
    const old = known.get(step.id);
    const unchanged =
      old?.position.x === position.x &&
      old.position.y === position.y &&
      old.height === height &&
      Boolean(old.selected) === selected;
    if (old && unchanged) return old;
    return { ...old, id: step.id, type: "step", position, width: NODE_WIDTH, height, selected, data: NO_DATA };
  });
  return kept(before, now);
}

export function edgesOf(document: JourneyDocument, before: readonly WayEdge[]): WayEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const now = waysOf(document).map(({ from, outcome, to }): WayEdge => {
    const id = edgeId(from, outcome);
    const old = known.get(id);
    if (old?.target === to) return old;
    return {
      id,
      type: "way",
      source: from,
      sourceHandle: handleId(outcome),
      target: to,
      data: { outcome },
      focusable: false,
      reconnectable: "target",
    };
  });
  return kept(before, now);
}

/** The list as it was when nothing in it is new: React Flow then has nothing to do. */
function kept<T>(before: readonly T[], now: T[]): T[] {
  const same = before.length === now.length && now.every((one, index) => one === before[index]);
  return same ? (before as T[]) : now;
}

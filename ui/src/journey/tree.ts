// The journey as a list to read from top to bottom: branches are indented, no step comes twice.
import type { JourneyDocument } from "../api/types";
import { roots } from "./graph";
import { outcomesOf, stepOf, type Catalogue } from "./outcomes";

/** What stands behind an outcome. */
export interface Branch {
  outcome: string;
  /** Steps in a row, when they are told here. */
  items: Item[];
  /** A step that is told elsewhere. */
  joins: string | null;
}

/** A step with its branches; outcomes that need lead nowhere, and do not, are left out. A step with a single way on has none: what follows is the next item of the list. */
export interface Item {
  id: string;
  branches: Branch[];
  /** The single way on, when it leads to a step told elsewhere, or nowhere yet. */
  onward: { outcome: string; joins: string | null } | null;
}

export function treeOf(document: JourneyDocument, catalogue: Catalogue): Item[] {
  const seen = new Set<string>();
  const starts = [...roots(document), ...document.steps.map((step) => step.id)];
  return starts.flatMap((id) => (seen.has(id) ? [] : row(document, catalogue, id, seen)));
}

function row(document: JourneyDocument, catalogue: Catalogue, start: string, seen: Set<string>): Item[] {
  const items: Item[] = [];
  let id: string | null = start;
  while (id !== null) {
    const step = stepOf(document, id);
    if (!step) break;
    seen.add(id);
    const optional = catalogue.get(step.kind)?.optional_outcomes ?? [];
    const outcomes = outcomesOf(step, catalogue).filter((name) => step.next[name] !== undefined || !optional.includes(name));
    const target = (outcome: string): string | null => {
      const to = step.next[outcome];
      return to !== undefined && stepOf(document, to) ? to : null;
    };
    const [only] = outcomes;
    const item: Item = { id, branches: [], onward: null };
    items.push(item);
    id = null;
    if (outcomes.length > 1) {
      item.branches = outcomes.map((outcome): Branch => {
        const to = target(outcome);
        if (to === null || seen.has(to)) return { outcome, items: [], joins: to };
        return { outcome, items: row(document, catalogue, to, seen), joins: null };
      });
    } else if (only !== undefined) {
      const to = target(only);
      if (to !== null && !seen.has(to)) id = to;
      else item.onward = { outcome: only, joins: to };
    }
  }
  return items;
}

// Which journeys are shown, and in which order.
import { create } from "zustand";
import type { JourneyState, JourneySummary } from "../api/types";

const STATES: readonly JourneyState[] = ["live", "changed", "draft", "git"];
/** What the list can be cut down to: a paused or closed journey is in one of the states as well. */
export type Filter = JourneyState | "paused" | "closed" | "archived";
export const FILTERS: readonly Filter[] = [...STATES, "paused", "closed", "archived"];
export const SORTS = ["changed", "title", "active", "entered"] as const;
export type Sort = (typeof SORTS)[number];

export interface Wanted {
  search: string;
  state: Filter | "all";
  sort: Sort;
}

/** Small and capital letters, and full and half width, are the same. */
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

const ORDERS: Record<Sort, (one: JourneySummary, other: JourneySummary) => number> = {
  changed: (one, other) => Date.parse(other.changed_at) - Date.parse(one.changed_at),
  title: (one, other) => one.title.localeCompare(other.title),
  active: (one, other) => other.active - one.active,
  entered: (one, other) => other.entered_week - one.entered_week,
};

export function chosen(journeys: readonly JourneySummary[], wanted: Wanted): JourneySummary[] {
  const words = folded(wanted.search).split(/\s+/).filter(Boolean);
  return journeys
    .filter((one) => isIn(one, wanted.state))
    .filter((one) => words.every((word) => folded(`${one.title} ${one.key}`).includes(word)))
    .sort((one, other) => ORDERS[wanted.sort](one, other) || one.title.localeCompare(other.title));
}

/** Those that were put away are only where they are asked for. */
function isIn(one: JourneySummary, filter: Filter | "all"): boolean {
  if (one.life.archived_at !== null) return filter === "archived";
  if (filter === "all") return true;
  if (filter === "paused") return one.paused;
  if (filter === "closed") return one.life.closed_at !== null;
  return one.state === filter;
}

/** The filters that find something, in their order, with how many journeys each finds. */
export function filtersOf(journeys: readonly JourneySummary[]): { state: Filter; number: number }[] {
  return FILTERS.map((state) => ({ state, number: journeys.filter((one) => isIn(one, state)).length })).filter(
    ({ number }) => number > 0,
  );
}

/** What was looked for stays while the reader goes to a canvas and back. */
export const useWanted = create<Wanted & { want: (wanted: Partial<Wanted>) => void }>((set) => ({
  search: "",
  state: "all",
  sort: "changed",
  want: set,
}));

// Which two states of a journey the history shows.
import type { JourneyState, VersionSummary } from "../api/types";

/** A version's number, or what is not published yet. */
export type Side = number | "draft";

/** The newest first. The draft is one of them only while it is different from what runs. */
export function sidesOf(versions: readonly VersionSummary[], state: JourneyState): Side[] {
  const numbers = versions.map(({ version }) => version).sort((a, b) => b - a);
  return state === "changed" || (state === "draft" && numbers.length > 0) ? ["draft", ...numbers] : numbers;
}

const age = (side: Side): number => (side === "draft" ? Number.POSITIVE_INFINITY : side);

/** The one just before; null for the first. */
export function oneBefore(side: Side, sides: readonly Side[]): Side | null {
  return sides.filter((one) => age(one) < age(side)).sort((a, b) => age(b) - age(a))[0] ?? null;
}

/** The older one comes first, whichever was chosen first. */
export function inOrder(one: Side, other: Side): [before: Side, after: Side] {
  return age(one) <= age(other) ? [one, other] : [other, one];
}

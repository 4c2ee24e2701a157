// What is done with people by hand, and what must be answered before.
import { api } from "../api/client";
import { useLoad } from "../api/useLoad";
import type { Said } from "../api/types";
import type { Chosen, ContinuePreview, MovePreview } from "./types";

export interface ByHand {
  act: "move" | "remove" | "continue";
  people: Chosen;
  /** How many that are, as far as is known. */
  number: number;
  /** The step where they stand. */
  from: string;
  /** What holds everybody who is meant; null: it does not matter. */
  why: Said | null;
}

export interface Answers {
  to: string;
  reason: string;
  slowly: boolean;
  perHour: string;
}

type Missing = Partial<Record<"to" | "reason" | "perHour", "to_missing" | "reason_missing" | "slowly_missing">>;

export function missingIn(act: ByHand["act"], { to, reason, slowly, perHour }: Answers): Missing {
  const found: Missing = {};
  if (act === "move" && !to) found.to = "to_missing";
  if (!reason.trim()) found.reason = "reason_missing";
  if (act !== "remove" && slowly && !/^[1-9]\d{0,6}$/.test(perHour)) found.perHour = "slowly_missing";
  return found;
}

/** What is sent once everything is answered. */
export function bodyOf({ act, people }: ByHand, { to, reason, slowly, perHour }: Answers) {
  const said = { people, reason: reason.trim() };
  if (act === "remove") return said;
  const limited = { ...said, per_hour: slowly ? Number(perHour) : null };
  return act === "move" ? { ...limited, to } : limited;
}

const pathOf = (journey: string, what: string): string => `journeys/${encodeURIComponent(journey)}/${what}`;

/** Where they may be moved; with `to` also what that would set off. */
export function useMovePreview(journey: string, { act, people }: ByHand, to: string | null) {
  const body = { people, to };
  const question = act === "move" ? JSON.stringify([journey, body]) : null;
  return useLoad(question, () => api.post<MovePreview>(pathOf(journey, "move/preview"), body));
}

/** What it would set off if they went on with the newest version. */
export function useContinuePreview(journey: string, { act, people }: ByHand) {
  const question = act === "continue" ? JSON.stringify([journey, people]) : null;
  return useLoad(question, () => api.post<ContinuePreview>(pathOf(journey, "continue/preview"), { people }));
}

/** The words for how many it was done with. */
export function doneWord(act: ByHand["act"], people: number) {
  if (people === 0) return "done_none";
  const words = { move: ["moved", "moved_one"], remove: ["removed", "removed_one"], continue: ["continued", "continued_one"] } as const;
  return words[act][people === 1 ? 1 : 0];
}

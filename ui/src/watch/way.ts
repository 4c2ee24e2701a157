// One passage of one person, as the canvas draws it.
import type { Language } from "../host";
import { formatMoment } from "../i18n/format";
import type { Trail } from "../journey/store";
import type { PassageMade } from "./types";

export interface Stop {
  step: string;
  /** When they came here. */
  at: string;
  /** How they went on; null: they have not. */
  outcome: string | null;
  run: string | null;
}

/** The steps in the order in which they were passed; a step can be passed twice. */
export function stopsOf(passage: PassageMade): Stop[] {
  const stops: Stop[] = [];
  let at = passage.entered_at;
  for (const move of passage.moves) {
    stops.push({ step: move.from_step, at, outcome: move.outcome, run: move.run_id });
    at = move.at;
  }
  if (passage.now !== null) stops.push({ step: passage.now, at, outcome: null, run: null });
  return stops;
}

/** On each step its place in the order and when it was reached. */
export function trailOf(passage: PassageMade, language: Language, zone?: string): Trail {
  const stops = stopsOf(passage);
  const labels: Record<string, string> = {};
  stops.forEach(({ step, at }, index) => {
    labels[step] = `${index + 1}. ${formatMoment(at, language, zone)}`;
  });
  return {
    steps: [...new Set(stops.map((one) => one.step))],
    edges: passage.moves.map((move): [string, string] => [move.from_step, move.outcome]),
    at: passage.now,
    labels,
  };
}

// What is worked out from the document for many readers at once: each once per change.
import type { JourneyDocument, Layout, ProblemView } from "../api/types";
import { lanesOf, placesOf } from "./layout";
import type { Catalogue } from "./outcomes";

/** The same function, remembering its last answer. */
export function once<A extends readonly unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | null = null;
  return (...args) => {
    const known = last;
    if (known && args.length === known.args.length && args.every((arg, index) => arg === known.args[index])) {
      return known.result;
    }
    last = { args, result: work(...args) };
    return last.result;
  };
}

export const places = once(
  (document: JourneyDocument, layout: Layout, catalogue: Catalogue): Layout => placesOf(document, layout, catalogue),
);

export const lanes = once((document: JourneyDocument, layout: Layout, catalogue: Catalogue) =>
  lanesOf(document, layout, catalogue),
);

export const stepsById = once((document: JourneyDocument) => new Map(document.steps.map((step) => [step.id, step])));

export interface StepProblems {
  errors: number;
  warnings: number;
}

/** How many problems each step has, under its id. */
export const problemsByStep = once((problems: ProblemView[]): ReadonlyMap<string, StepProblems> => {
  const counts = new Map<string, StepProblems>();
  for (const { step, severity } of problems) {
    if (step === null) continue;
    const before = counts.get(step) ?? { errors: 0, warnings: 0 };
    const error = severity === "error" ? 1 : 0;
    counts.set(step, { errors: before.errors + error, warnings: before.warnings + 1 - error });
  }
  return counts;
});

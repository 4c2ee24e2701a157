// Problems in the order in which one works them off.
import type { JourneyDocument, ProblemView } from "../api/types";

export interface ProblemGroup {
  /** null: the journey as a whole. */
  step: string | null;
  problems: ProblemView[];
}

const rank = (problem: ProblemView) => (problem.severity === "error" ? 0 : 1);

/** By step, in the journey's order; steps with errors first, and errors first within each. */
export function grouped(problems: readonly ProblemView[], document: JourneyDocument): ProblemGroup[] {
  const order = new Map(document.steps.map((step, place) => [step.id, place]));
  const groups = new Map<string | null, ProblemView[]>();
  for (const problem of problems) {
    const step = problem.step !== null && order.has(problem.step) ? problem.step : null;
    groups.set(step, [...(groups.get(step) ?? []), problem]);
  }
  const place = (group: ProblemGroup) => (group.step === null ? -1 : (order.get(group.step) ?? 0));
  const worst = (group: ProblemGroup) => Math.min(...group.problems.map(rank));
  return [...groups]
    .map(([step, found]) => ({ step, problems: found.sort((one, other) => rank(one) - rank(other)) }))
    .sort((one, other) => worst(one) - worst(other) || place(one) - place(other));
}

export function countOf(problems: readonly ProblemView[], severity: ProblemView["severity"]): number {
  return problems.filter((problem) => problem.severity === severity).length;
}

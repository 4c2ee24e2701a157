import type { ProblemView } from "../api/types";

/** Problems that read the same are one, with how often it is there; the first of them can be shown. */
export function alike(problems: readonly ProblemView[]): { problem: ProblemView; times: number }[] {
  const groups = new Map<string, { problem: ProblemView; times: number }>();
  for (const problem of problems) {
    const known = groups.get(problem.message.en);
    if (known) known.times += 1;
    else groups.set(problem.message.en, { problem, times: 1 });
  }
  return [...groups.values()];
}

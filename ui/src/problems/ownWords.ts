// What is wrong, for where the name of the step stands already.
import type { ProblemView } from "../api/types";
import { useSaid } from "../i18n/define";
import { stepOf, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";

/** Without “Title”: in front. */
export function ownWords(message: string, title: string): string {
  const fronts = [`“${title}”: `, `「${title}」: `];
  const front = fronts.find((one) => message.startsWith(one));
  return front === undefined ? message : message.slice(front.length);
}

/** What a problem of the step says; null: of the journey. */
export function useOwnWords(step: string | null): (problem: ProblemView) => string {
  const say = useSaid();
  const found = useEditor((state) => (step === null ? undefined : stepOf(state.document, step)));
  const catalogue = useEditor((state) => state.catalogue);
  return (problem) => {
    const message = say(problem.message);
    return found ? ownWords(message, stepTitle(found, catalogue, say)) : message;
  };
}

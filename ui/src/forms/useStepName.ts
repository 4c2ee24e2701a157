import { useSayContext } from "./known";
import { stepName } from "./stepName";

/** stepName() of the journey that is edited. */
export function useStepName(): (id: string, among: readonly string[]) => string {
  const context = useSayContext();
  return (id, among) => stepName(id, among, context);
}

// What steps are called, also those that are not on the canvas.
import type { StepKind } from "../api/types";
import { useSaid } from "../i18n/define";
import { stepsById } from "../journey/derived";
import { stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { useWatch } from "./store";

/** Its title on the canvas, else the one it ran with; null: nothing is known of it. */
export function useStepTitle(id: string | null): string | null {
  const say = useSaid();
  const here = useEditor((state) => {
    const step = id === null ? undefined : stepsById(state.document).get(id);
    return step ? stepTitle(step, state.catalogue, say) : null;
  });
  const known = useWatch((state) => (id === null ? undefined : state.watch?.steps[id]?.title));
  return here ?? (known ? say(known) : null);
}

/** Its kind, likewise. */
export function useStepKind(id: string): StepKind | undefined {
  const ran = useWatch((state) => state.watch?.steps[id]?.kind);
  return useEditor((state) => state.catalogue.get(stepsById(state.document).get(id)?.kind ?? ran ?? ""));
}

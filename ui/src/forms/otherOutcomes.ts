import { outcomesOfKind } from "../journey/outcomes";
import { useEditor } from "../journey/store";

/** Names of ways that other settings of the step give: a setting must not give them again. */
export function useOtherOutcomes(step: string | null, setting: string): string[] {
  const found = useEditor((state) => state.document.steps.find((one) => one.id === step));
  const catalogue = useEditor((state) => state.catalogue);
  const kind = found && catalogue.get(found.kind);
  if (!kind) return [];
  return outcomesOfKind({ ...kind, outcome_settings: kind.outcome_settings.filter((one) => one !== setting), outcomes: [] }, found.settings);
}

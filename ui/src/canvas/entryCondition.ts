import type { JourneyDocument, Json } from "../api/types";
import { valueOf, type Catalogue } from "../journey/outcomes";

/** The condition of the step that lets people in, whatever its kind calls it; undefined: not by a condition alone. */
export function entryCondition(document: JourneyDocument, catalogue: Catalogue): Json | undefined {
  for (const step of document.steps) {
    const kind = catalogue.get(step.kind);
    if (!kind?.is_entry) continue;
    const waits = kind.settings.some((one) => one.widget === "entry_event" && valueOf(kind, step.settings, one.name) !== null);
    const field = kind.settings.find((one) => one.widget === "condition");
    if (field && !waits) return valueOf(kind, step.settings, field.name);
  }
  return undefined;
}

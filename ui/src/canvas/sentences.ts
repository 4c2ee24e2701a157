// What every step says, worked out once per change; a step whose sentence stays the same keeps its object.
import type { JourneyDocument, TemplateSummary, Vocabulary } from "../api/types";
import { sentence, type Part } from "../forms/sentence";
import type { Language } from "../host";
import { once } from "../journey/derived";
import type { Catalogue } from "../journey/outcomes";

let before: ReadonlyMap<string, Part[]> = new Map();

export const sentences = once(
  (
    document: JourneyDocument,
    catalogue: Catalogue,
    language: Language,
    templates: readonly TemplateSummary[] | null,
    vocabulary: Vocabulary | null,
  ): ReadonlyMap<string, Part[]> => {
    const context = { language, document, catalogue, templates, vocabulary };
    const now = new Map<string, Part[]>();
    for (const step of document.steps) {
      const kind = catalogue.get(step.kind);
      const parts = kind ? sentence(kind, step, context) : [];
      const old = before.get(step.id);
      now.set(step.id, old && JSON.stringify(old) === JSON.stringify(parts) ? old : parts);
    }
    before = now;
    return now;
  },
);

export function plain(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join("");
}

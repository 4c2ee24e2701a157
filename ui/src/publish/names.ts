// What steps are called, also those that only the older or the newer state has.
import type { Diff, JourneyDocument, Said } from "../api/types";
import { stepsById } from "../journey/derived";
import { stepTitle, type Catalogue } from "../journey/outcomes";

export type NameOf = (step: string) => string;

export function namesIn(
  documents: readonly (JourneyDocument | null)[],
  diff: Diff | null,
  catalogue: Catalogue,
  say: (said: Said) => string,
): NameOf {
  const told = new Map((diff?.steps ?? []).map(({ step, title }) => [step, title]));
  return (id) => {
    for (const document of documents) {
      const step = document && stepsById(document).get(id);
      if (step) return stepTitle(step, catalogue, say);
    }
    const title = told.get(id);
    return title ? say(title) : id;
  };
}

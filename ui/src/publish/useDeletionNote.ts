// Whoever deletes a step at which people stand hears it at that moment, not only when it is published.
import { useEffect } from "react";
import type { JourneyDocument } from "../api/types";
import { useHost } from "../host";
import { fill } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { toast } from "../shell/toasts";
import { useWatch } from "../watch/store";
import type { Watch } from "../watch/types";
import { texts } from "./texts";

/** The steps that the later state has no more, with those who stand there and for whom that is to be decided. */
export function peopleLeftBehind(before: JourneyDocument, after: JourneyDocument, watch: Watch): { steps: number; people: number } {
  const kept = new Set(after.steps.map(({ id }) => id));
  const here = before.steps
    .filter(({ id }) => !kept.has(id))
    .map(({ id }) => {
      const now = watch.steps[id];
      // Who finishes on an earlier version does so, whatever is published.
      return now ? now.waiting - now.pinned : 0;
    })
    .filter((people) => people > 0);
  return { steps: here.length, people: here.reduce((sum, people) => sum + people, 0) };
}

export function useDeletionNote(): void {
  const { language } = useHost();
  useEffect(
    () =>
      useEditor.subscribe((now, before) => {
        // Only what somebody did on this page counts up the edits; another journey or state does not.
        if (now.edits === before.edits || now.document.key !== before.document.key || now.document.mode === "one_off") return;
        const { journey, watch } = useWatch.getState();
        if (!watch || journey !== now.document.key) return;
        const { steps, people } = peopleLeftBehind(before.document, now.document, watch);
        if (people) toast("warning", fill(texts[steps === 1 ? "gone_one" : "gone_many"], language, { n: formatNumber(people, language) }));
      }),
    [language],
  );
}

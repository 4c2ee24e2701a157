// Steps that were just added: what is not filled in there is still to come, not wrong.
import { useState, type FocusEvent } from "react";
import { create } from "zustand";
import { useEditor, type EditorState } from "../journey/store";

/** Ids of steps that were added, and not left since. */
export const useFresh = create<{ steps: ReadonlySet<string> }>(() => ({ steps: new Set() }));

/** Which steps are fresh after a change: those that came in selected, until they are selected no more. */
export function freshAfter(fresh: ReadonlySet<string>, now: EditorState, before: EditorState): ReadonlySet<string> {
  const opened = now.view === null || before.view === null || now.document.key !== before.document.key;
  if (opened) return fresh.size ? new Set() : fresh;
  const old = new Set(before.document.steps.map((step) => step.id));
  const kept = now.selection.filter((id) => fresh.has(id) || (now.edits > before.edits && !old.has(id)));
  return kept.length === fresh.size && kept.every((id) => fresh.has(id)) ? fresh : new Set(kept);
}

useEditor.subscribe((now, before) => {
  if (now.selection === before.selection && now.document === before.document && now.view === before.view) return;
  const { steps } = useFresh.getState();
  const next = freshAfter(steps, now, before);
  if (next !== steps) useFresh.setState({ steps: next });
});

/** Whether errors of a field may wait: nobody has been there yet, or somebody began there without any. */
export function useCalm(step: string | null, wrong: boolean) {
  const fresh = useFresh((state) => step !== null && state.steps.has(step));
  const [left, setLeft] = useState(false);
  const [busy, setBusy] = useState(false);
  const calm = busy || (fresh && !left);
  return {
    calm: wrong && calm,
    onFocus: () => {
      if (!busy && (!wrong || calm)) setBusy(true);
    },
    onBlur: (event: FocusEvent<HTMLElement>) => {
      if (event.currentTarget.contains(event.relatedTarget)) return;
      setBusy(false);
      setLeft(true);
    },
  };
}

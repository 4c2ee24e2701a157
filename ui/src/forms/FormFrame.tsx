import type { ReactNode, Ref } from "react";
import { undoKeys } from "./undoKeys";

/** What a form stands in: hears the undo keys of all its fields, also of those in dialogs of its own. */
export function FormFrame({ ref, label, children }: { ref: Ref<HTMLDivElement>; label: string; children: ReactNode }) {
  return (
    // The keys are the fields' own; here they only pass by.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div className="ma-form" ref={ref} role="group" aria-label={label} onKeyDown={undoKeys}>
      {children}
    </div>
  );
}

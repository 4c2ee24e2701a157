import type { KeyboardEvent, ReactNode, Ref } from "react";
import { useEditor } from "../journey/store";
import { undoKeys } from "./undoKeys";

/** What a form stands in: hears the undo keys of all its fields, also of those in dialogs of its own. */
export function FormFrame({ ref, label, children }: { ref: Ref<HTMLDivElement>; label: string; children: ReactNode }) {
  return (
    // The keys are the fields' own; here they only pass by.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="ma-form"
      ref={ref}
      role="group"
      aria-label={label}
      onKeyDown={(event) => {
        undoKeys(event);
        leaveByEscape(event);
      }}
    >
      {children}
    </div>
  );
}

/** Escape in a field goes back to the step whose form it is; from a dialog it only closes that. */
function leaveByEscape(event: KeyboardEvent<HTMLElement>): void {
  const { target } = event;
  if (event.key !== "Escape" || event.defaultPrevented || event.nativeEvent.isComposing) return;
  if (!(target instanceof HTMLElement) || !event.currentTarget.contains(target)) return;
  const [step] = useEditor.getState().selection;
  const faces = [...window.document.querySelectorAll<HTMLElement>("[data-step-face]")];
  const face = faces.find((one) => one.dataset.stepFace === step);
  if (face) face.focus({ preventScroll: true });
  else target.blur();
  event.stopPropagation();
}

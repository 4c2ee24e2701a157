// Ctrl+Z in a field takes back what was done to the journey, as it does on the canvas.
import type { KeyboardEvent } from "react";
import { useEditor } from "../journey/store";

/** For a form's onKeyDown. Keys elsewhere than in fields and dialogs are the page's own. */
export function undoKeys(event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.nativeEvent.isComposing) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  if (!(event.target instanceof Element) || !event.target.closest("input, textarea, select, [role=dialog]")) return;
  event.preventDefault();
  const { undo, redo } = useEditor.getState();
  if (key === "y" || event.shiftKey) redo();
  else undo();
}

// Copy, cut and paste of steps: by the browser's own events, and by buttons.
import { useEffect } from "react";
import { hostNow } from "../host";
import { fill } from "../i18n/define";
import { useEditor } from "../journey/store";
import { toast } from "../shell/toasts";
import { focusStep } from "./canvasStore";
import { takesKeys } from "./keyboard";
import { texts } from "./texts";

function say(name: keyof typeof texts, values?: Record<string, string | number>): string {
  return fill(texts[name], hostNow().language, values);
}

function told(count: number): void {
  toast("good", say("copied", { n: count }));
}

function paste(text: string): boolean {
  const [first] = useEditor.getState().paste(text);
  if (first !== undefined) focusStep(first);
  return first !== undefined;
}

export async function copySelected(): Promise<void> {
  const { selection, copy } = useEditor.getState();
  const text = copy();
  if (!text) return;
  await navigator.clipboard.writeText(text);
  told(selection.length);
}

export async function cutSelected(): Promise<void> {
  await copySelected();
  useEditor.getState().cut();
}

export async function pasteFromButton(): Promise<void> {
  try {
    const text = await navigator.clipboard.readText();
    if (!paste(text)) toast("warning", say("not_steps"));
  } catch {
    toast("info", say("no_clipboard"));
  }
}

/** Ctrl-C, -X and -V on the page, except in texts and when text is selected. */
export function useClipboard(): void {
  useEffect(() => {
    const ours = (event: ClipboardEvent): boolean =>
      !event.defaultPrevented &&
      !takesKeys(event.target) &&
      !takesKeys(document.activeElement) &&
      (event.type === "paste" || document.getSelection()?.isCollapsed !== false);
    const onCopy = (event: ClipboardEvent) => {
      const { copy, cut, selection } = useEditor.getState();
      if (!ours(event) || !selection.length) return;
      const text = event.type === "cut" ? cut() : copy();
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      told(selection.length);
    };
    const onPaste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!ours(event) || useEditor.getState().readOnly) return;
      event.preventDefault();
      if (!paste(text)) toast("warning", say("not_steps"));
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}

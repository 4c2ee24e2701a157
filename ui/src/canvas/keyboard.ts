// What the keys mean on the canvas.
import type { Direction } from "../journey/navigation";

export type Command =
  | { do: "go"; direction: Direction }
  | {
      do: "settings" | "add" | "link" | "remove" | "undo" | "redo" | "all" | "keys" | "clear" | "zoom_in" | "zoom_out" | "fit";
    };

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const ARROWS: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

const PLAIN: Record<string, Command> = {
  a: { do: "add" },
  "+": { do: "add" },
  c: { do: "link" },
  Enter: { do: "settings" },
  Delete: { do: "remove" },
  Backspace: { do: "remove" },
  Escape: { do: "clear" },
  "?": { do: "keys" },
  "1": { do: "fit" },
  "=": { do: "zoom_in" },
  "-": { do: "zoom_out" },
};

/** The command of a key press; null when it is not ours. */
export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Pressed): Command | null {
  if (altKey) return null;
  if (ctrlKey || metaKey) {
    switch (key.toLowerCase()) {
      case "z":
        return { do: shiftKey ? "redo" : "undo" };
      case "y":
        return { do: "redo" };
      case "a":
        return { do: "all" };
      default:
        return null;
    }
  }
  const direction = ARROWS[key];
  if (direction) return shiftKey ? null : { do: "go", direction };
  return PLAIN[key] ?? PLAIN[key.toLowerCase()] ?? null;
}

/** Commands that hold wherever the keyboard is on the page (but not in a text). */
export function isEverywhere(command: Command): boolean {
  return ["undo", "redo", "all", "keys"].includes(command.do);
}

/** Whether keys belong to the element: it takes text, or has keys of its own. */
export function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return (
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], [role=tablist], .cm-editor",
    ) !== null
  );
}

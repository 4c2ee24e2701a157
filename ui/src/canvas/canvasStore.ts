// What the canvas shows for the moment: menus, dialogs, a connection being drawn.
import { create } from "zustand";
import type { Place } from "../journey/operations";
import { useEditor } from "../journey/store";
import type { LifeAct } from "../watch/life";

export type SideTab = "settings" | "problems" | "code" | "try" | "people";

/** Add: a step there, or a way to one that exists. Link: choose outcome, then target. */
export type Menu = ({ do: "add"; at: Place } | { do: "link"; step: string }) & {
  /** On the screen, where the menu opens. */
  anchor: { x: number; y: number; width: number; height: number };
};

interface CanvasState {
  menu: Menu | null;
  /** Steps a connection being drawn may lead to. */
  targets: ReadonlySet<string> | null;
  /** Where that connection begins. */
  from: string | null;
  /** The way a dragged step would be put into. */
  dropOn: string | null;
  tab: SideTab;
  /** null: nobody has opened or closed it. */
  sideOpen: boolean | null;
  paletteOpen: boolean;
  outline: boolean;
  keysOpen: boolean;
  publishing: boolean;
  /** What the reader is asked about before it happens. */
  asking: "discard" | LifeAct | null;
  openMenu: (menu: Menu | null) => void;
  show: (tab: SideTab) => void;
  /** A step was chosen: its settings come in place of the problems, but not of a trial or the code. */
  showChosen: () => void;
}

const OUTLINE = "airflow_ma.outline";

function remembered(): boolean {
  try {
    return localStorage.getItem(OUTLINE) === "yes";
  } catch {
    return false;
  }
}

export const useCanvas = create<CanvasState>((set) => ({
  menu: null,
  targets: null,
  from: null,
  dropOn: null,
  tab: "settings",
  sideOpen: null,
  paletteOpen: true,
  outline: remembered(),
  keysOpen: false,
  publishing: false,
  asking: null,
  openMenu: (menu) => {
    if (menu) cancelAnimationFrame(wish); // the menu takes the keyboard: what was wished before must not take it back
    set({ menu });
  },
  show: (tab) => {
    set({ tab, sideOpen: true });
  },
  showChosen: () => {
    set(({ tab, sideOpen }) => ({ tab: tab === "problems" ? "settings" : tab, sideOpen: sideOpen ?? true }));
  },
}));

export function showOutline(outline: boolean): void {
  useCanvas.setState({ outline });
  try {
    localStorage.setItem(OUTLINE, outline ? "yes" : "no");
  } catch {
    // No storage: it holds for this page only.
  }
}

/** Where an element is on the screen. */
export function anchorOf(element: Element): Menu["anchor"] {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
}

/** The element that stands for a step, on the canvas or in the list. */
export function stepElement(id: string): HTMLElement | null {
  return document.querySelector(`[data-step-face="${CSS.escape(id)}"]`);
}

/** Frames to wait for a step that was only just added. */
const FRAMES = 20;
/** The frame in which a step will get the keyboard. */
let wish = 0;

/** Puts the keyboard where the work is: on the selected step, else on a way to begin, else on the steps as a whole. */
export function focusWork(): void {
  const [id] = useEditor.getState().selection;
  const step = id === undefined ? null : stepElement(id);
  const element = step ?? document.querySelector<HTMLElement>(".ma-move") ?? document.querySelector<HTMLElement>("[data-work]");
  element?.focus({ preventScroll: true });
}

/** The same when the keyboard is nowhere: what had it is gone from the page. */
export function focusWorkIfLost(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body || document.activeElement === null) focusWork();
  });
}

/** Puts the keyboard on a step, as soon as it is there. Only the last wish counts. */
export function focusStep(id: string, frames = FRAMES): void {
  cancelAnimationFrame(wish);
  wish = requestAnimationFrame(() => {
    const element = stepElement(id);
    if (element) element.focus({ preventScroll: true });
    else if (frames > 0) focusStep(id, frames - 1);
  });
}

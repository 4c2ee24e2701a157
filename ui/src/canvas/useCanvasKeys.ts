// Carries out what the keys say, on the canvas and everywhere on the page.
import type { ReactFlowInstance } from "@xyflow/react";
import { useCallback, useEffect, useRef, type KeyboardEvent } from "react";
import { fill } from "../i18n/define";
import { hostNow } from "../host";
import { places } from "../journey/derived";
import { firstStep, neighbour, type Direction } from "../journey/navigation";
import { placeAfter } from "../journey/operations";
import { useEditor } from "../journey/store";
import { toast } from "../shell/toasts";
import { anchorOf, focusStep, stepElement, useCanvas } from "./canvasStore";
import type { StepNode, WayEdge } from "./flow";
import { commandOf, isEverywhere, takesKeys, type Command } from "./keyboard";
import { texts } from "./texts";
import { SMALLEST, viewOf } from "./view";

/** Removes what is selected and says how to get it back. */
export function removeSelected(): void {
  const { selection, remove, readOnly, document } = useEditor.getState();
  if (readOnly || !selection.length) return;
  const [first] = selection;
  const before = document.steps.find((step) => Object.values(step.next).includes(first ?? "") && !selection.includes(step.id));
  remove(selection);
  const next = before?.id ?? firstStep(useEditor.getState().document);
  if (next !== null) {
    useEditor.getState().select([next]);
    focusStep(next);
  }
  if (selection.length > 1) toast("info", fill(texts.removed, hostNow().language, { n: selection.length }));
}

/** Opens the "+" menu behind a step. */
export function addBehind(id: string): void {
  const { document, catalogue, readOnly } = useEditor.getState();
  const at = placeAfter(document, catalogue, id);
  const element = stepElement(id);
  if (at && element && !readOnly) useCanvas.getState().openMenu({ do: "add", at, anchor: anchorOf(element) });
}

/** Opens the menu that leads an outcome of a step to another step. */
export function linkFrom(id: string): void {
  const element = stepElement(id);
  if (element && !useEditor.getState().readOnly) {
    useCanvas.getState().openMenu({ do: "link", step: id, anchor: anchorOf(element) });
  }
}

function everywhere(command: Command): void {
  const editor = useEditor.getState();
  switch (command.do) {
    case "undo":
      editor.undo();
      break;
    case "redo":
      editor.redo();
      break;
    case "all":
      editor.select(editor.document.steps.map((step) => step.id));
      break;
    case "keys":
      useCanvas.setState({ keysOpen: true });
  }
}

/** Keys that hold wherever the reader is on the page, but not while they write. */
export function usePageKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.defaultPrevented || takesKeys(event.target)) return;
      const command = commandOf(event);
      if (!command) return;
      if (isEverywhere(command)) everywhere(command);
      // The keyboard is nowhere: what is selected is meant.
      else if (event.target !== document.body || !onSelected(command)) return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

/** Keys that act on the selected step: the same on the canvas and in the list. */
export function onSelected(command: Command): boolean {
  const { selection, select } = useEditor.getState();
  const [id] = selection;
  switch (command.do) {
    case "remove":
      removeSelected();
      return true;
    case "clear":
      select([]);
      return true;
    case "settings":
      if (id !== undefined) openSettings();
      return id !== undefined;
    case "add":
      if (id !== undefined) addBehind(id);
      return true;
    case "link":
      if (id !== undefined) linkFrom(id);
      return true;
    default:
      return false;
  }
}

/** Shows the settings of what is selected and puts the keyboard there. */
export function openSettings(): void {
  useCanvas.getState().show("settings");
  requestAnimationFrame(() => {
    const panel = window.document.querySelector("[data-side-panel]");
    panel?.querySelector<HTMLElement>("input, textarea, select, button:not([role=tab]):not([data-panel-head])")?.focus();
  });
}

/** Zooms out until all steps are in sight. */
export function showEverything(setViewport: ReactFlowInstance["setViewport"]): void {
  const { document, layout, catalogue } = useEditor.getState();
  const box = window.document.querySelector("[data-canvas]")?.getBoundingClientRect();
  if (box) void setViewport(viewOf(places(document, layout, catalogue), box, SMALLEST), { duration: 200 });
}

/** Whether the key press is for a button or link of its own rather than for the step. */
export function onOwnButton(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target.closest("button, a, [role=button]") : null;
  return target !== null && !target.hasAttribute("data-step-face");
}

export function useCanvasKeys(flow: ReactFlowInstance<StepNode, WayEdge>): (event: KeyboardEvent) => void {
  const cameFrom = useRef<string | null>(null);
  return useCallback(
    (event: KeyboardEvent) => {
      const command = commandOf(event);
      if (!command || takesKeys(event.target)) return;
      const inner = onOwnButton(event);
      if (inner && command.do === "settings") return;
      if (!act(command)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [flow],
  );

  function act(command: Command): boolean {
    if (command.do === "go") return move(command.direction);
    if (command.do === "zoom_in") void flow.zoomIn({ duration: 120 });
    else if (command.do === "zoom_out") void flow.zoomOut({ duration: 120 });
    else if (command.do === "fit") showEverything(flow.setViewport);
    else return onSelected(command);
    return true;
  }

  function move(direction: Direction): boolean {
    const { document, layout, catalogue, selection, select } = useEditor.getState();
    const [from] = selection;
    const to =
      from === undefined
        ? firstStep(document)
        : neighbour(document, catalogue, places(document, layout, catalogue), from, direction, cameFrom.current);
    if (to === null) return true;
    cameFrom.current = direction === "left" || direction === "right" ? (from ?? null) : null;
    select([to]);
    focusStep(to);
    return true;
  }
}

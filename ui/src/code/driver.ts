// Carries out what the state machine in sync.ts wants: asks the server, puts a read text onto the canvas.
// The state outlives the panel, so a text that is not on the canvas yet is still there when it is opened again.
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import type { JourneyDocument, ReadYaml, YamlText } from "../api/types";
import { fill } from "../i18n/define";
import { hostNow } from "../host";
import { useEditor } from "../journey/store";
import { accepts, newSync, saysTheSame, step, wanted, type Sync, type SyncEvent, type Wanted } from "./sync";
import { texts } from "./texts";

interface Driver {
  /** Key of the journey that `sync` is about. */
  journey: string | null;
  sync: Sync | null;
}

export const useDriver = create<Driver>(() => ({ journey: null, sync: null }));

export const TYPING_RESTS_MS = 500;
const CANVAS_RESTS_MS = 150;

export function tell(event: SyncEvent): void {
  useDriver.setState(({ sync }) => (sync ? { sync: step(sync, event) } : {}));
}

/** Begins with a journey, or goes on with it. */
export function follow(journey: string, document: JourneyDocument, readOnly: boolean): void {
  if (useDriver.getState().journey === journey) tell({ on: "canvas", document, readOnly });
  else useDriver.setState({ journey, sync: newSync(document, readOnly) });
}

/** How long to wait before asking, milliseconds. */
export function patience(sync: Sync, next: Wanted): number {
  if (next?.do === "read") return sync.focused ? TYPING_RESTS_MS : 0;
  return sync.text === null ? 0 : CANVAS_RESTS_MS;
}

/** Asks the server for what is wanted and tells the outcome. */
export async function carryOut(next: Wanted): Promise<void> {
  const { journey } = useDriver.getState();
  if (!next || journey === null) return;
  try {
    if (next.do === "write") {
      const { yaml } = await api.post<YamlText>("yaml", { document: next.document });
      if (useDriver.getState().journey === journey) tell({ on: "wrote", document: next.document, yaml });
    } else {
      const answer = await api.post<ReadYaml>("yaml/read", { yaml: next.text, key: journey });
      if (useDriver.getState().journey === journey) take(next.text, answer);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { journey: now, sync } = useDriver.getState();
    if (now === journey && sync && isStill(sync, next)) tell({ on: "failed", error });
  }
}

function isStill(sync: Sync, next: Wanted): boolean {
  return sameWish(wanted(sync), next);
}

function sameWish(one: Wanted, other: Wanted): boolean {
  if (one?.do === "write" && other?.do === "write") return one.document === other.document;
  if (one?.do === "read" && other?.do === "read") return one.text === other.text;
  return one === other;
}

function take(text: string, answer: ReadYaml): void {
  const { sync } = useDriver.getState();
  if (!sync || !accepts(sync, text)) return;
  if (!answer.document) {
    tell({ on: "refused", text, problems: answer.problems });
    return;
  }
  if (!saysTheSame(answer.document, useEditor.getState().document)) {
    useEditor.getState().replaceDocument(answer.document, fill(texts.changed_in_yaml, hostNow().language));
  }
  tell({ on: "read", text, document: useEditor.getState().document, problems: answer.problems });
}

/** Keeps text and canvas in step for as long as the panel is open. Returns how to stop. */
export function drive(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let planned: { next: Wanted; wait: number } = { next: null, wait: 0 };
  let running = false;

  const run = async () => {
    const { next } = planned;
    planned = { next: null, wait: 0 };
    running = true;
    try {
      await carryOut(next);
    } finally {
      running = false;
    }
    plan();
  };
  const plan = () => {
    const { sync } = useDriver.getState();
    if (running || !sync) return;
    const next = wanted(sync);
    const wait = patience(sync, next);
    if (sameWish(next, planned.next) && wait === planned.wait) return;
    clearTimeout(timer);
    planned = { next, wait };
    if (next) timer = setTimeout(() => void run(), wait);
  };

  const stopListening = useDriver.subscribe(plan);
  plan();
  return () => {
    stopListening();
    clearTimeout(timer);
    // An editor that is taken away does not say that it lost the focus.
    tell({ on: "focus", focused: false });
    const { sync } = useDriver.getState();
    const last = sync && wanted(sync);
    // What was typed a moment ago still goes onto the canvas.
    if (!running && last?.do === "read") void carryOut(last);
  };
}

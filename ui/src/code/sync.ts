// Who wins when both the canvas and the YAML text change. Pure: `step` says what happened, `wanted` what to ask for.
//
// - An untouched text follows the canvas at once.
// - A changed text is read as soon as the typing rests; when it can be read, it goes onto the canvas.
// - A text that cannot be read stays as it is, and so does the canvas.
// - When the canvas changes while a changed text waits, whoever is being worked on wins: the text while the cursor
//   is in it, else the canvas. A text that lost is kept and can be brought back.
import type { ApiError } from "../api/client";
import type { JourneyDocument, ProblemView } from "../api/types";

export interface Sync {
  /** In the editor; null until the first text is there. */
  text: string | null;
  /** The text that says the same as `said`. */
  agreed: string | null;
  /** What the agreed text says. */
  said: JourneyDocument | null;
  /** On the canvas now. */
  canvas: JourneyDocument;
  focused: boolean;
  readOnly: boolean;
  /** What reading the text found; null when the text was written by us. */
  problems: ProblemView[] | null;
  /** The text that could not be read. */
  refused: string | null;
  /** A text of the reader's that the canvas has replaced. */
  lost: string | null;
  error: { error: ApiError; text: string | null; document: JourneyDocument } | null;
}

export type SyncEvent =
  | { on: "canvas"; document: JourneyDocument; readOnly: boolean }
  | { on: "typed"; text: string }
  | { on: "focus"; focused: boolean }
  | { on: "wrote"; document: JourneyDocument; yaml: string }
  /** `document` is the one that is on the canvas now because of this text. */
  | { on: "read"; text: string; document: JourneyDocument; problems: ProblemView[] }
  | { on: "refused"; text: string; problems: ProblemView[] }
  | { on: "failed"; error: ApiError }
  | { on: "retry" | "discard" | "bring_back" | "forget" };

export type Wanted = { do: "write"; document: JourneyDocument } | { do: "read"; text: string } | null;

export function newSync(document: JourneyDocument, readOnly: boolean): Sync {
  return {
    text: null,
    agreed: null,
    said: null,
    canvas: document,
    focused: false,
    readOnly,
    problems: null,
    refused: null,
    lost: null,
    error: null,
  };
}

/** Whether the editor holds something that the canvas does not show. */
export function isAhead(sync: Sync): boolean {
  return sync.text !== sync.agreed;
}

/** What should be asked of the server now. */
export function wanted(sync: Sync): Wanted {
  const next = wish(sync);
  const failed = sync.error;
  const same = failed && failed.text === sync.text && failed.document === sync.canvas;
  return same ? null : next;
}

function wish(sync: Sync): Wanted {
  const canvasMoved = sync.said !== sync.canvas;
  if (canvasMoved && (!isAhead(sync) || !sync.focused)) return { do: "write", document: sync.canvas };
  if (!isAhead(sync) || sync.text === null || sync.text === sync.refused) return null;
  return { do: "read", text: sync.text };
}

/** Whether an answer about this text may still go onto the canvas. */
export function accepts(sync: Sync, text: string): boolean {
  const next = wish(sync);
  return next?.do === "read" && next.text === text;
}

export function step(sync: Sync, event: SyncEvent): Sync {
  switch (event.on) {
    case "canvas":
      return { ...sync, canvas: event.document, readOnly: event.readOnly };
    case "typed":
      return sync.readOnly || event.text === sync.text ? sync : { ...sync, text: event.text, error: null };
    case "focus":
      return { ...sync, focused: event.focused };
    case "wrote":
      return wrote(sync, event.document, event.yaml);
    case "read":
      if (event.text !== sync.text) return sync;
      return { ...agree(sync, event.text, event.document), problems: event.problems };
    case "refused":
      return event.text === sync.text ? { ...sync, refused: event.text, problems: event.problems, error: null } : sync;
    case "failed":
      return { ...sync, error: { error: event.error, text: sync.text, document: sync.canvas } };
    case "retry":
      return { ...sync, error: null };
    case "discard":
      return { ...sync, text: sync.agreed, refused: null, problems: null, error: null };
    case "bring_back":
      return sync.lost === null ? sync : { ...sync, text: sync.lost, lost: null, refused: null };
    case "forget":
      return { ...sync, lost: null };
  }
}

function agree(sync: Sync, text: string, document: JourneyDocument): Sync {
  return { ...sync, text, agreed: text, said: document, canvas: document, refused: null, error: null };
}

function wrote(sync: Sync, document: JourneyDocument, yaml: string): Sync {
  const stillWanted = wish(sync);
  if (stillWanted?.do !== "write" || stillWanted.document !== document) return sync;
  const lost = isAhead(sync) && sync.text !== yaml ? sync.text : sync.lost;
  return { ...agree(sync, yaml, document), problems: null, lost };
}

/** Whether two documents say the same; the order of keys says nothing, that of steps does. */
export function saysTheSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => saysTheSame(value, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length && keys.every((key) => key in other && saysTheSame(one[key], other[key]))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

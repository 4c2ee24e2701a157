// Undo and redo: a stack of whole states (they share what did not change).

interface Entry<T> {
  label: string;
  state: T;
  merge: string | null;
  at: number;
}

/** `past` and `future` hold what undo and redo bring back; labels name the change between. */
export interface History<T> {
  past: Entry<T>[];
  future: Entry<T>[];
}

const MERGE_MS = 1000;
const MOST = 500;

export function emptyHistory<T>(): History<T> {
  return { past: [], future: [] };
}

/** Notes that `before` was changed. The same merge key again within a second is one undo step. */
export function record<T>(
  history: History<T>,
  before: T,
  label: string,
  merge: string | null,
  now: number,
): History<T> {
  const last = history.past.at(-1);
  if (last && merge !== null && last.merge === merge && now - last.at < MERGE_MS && !history.future.length) {
    return { past: [...history.past.slice(0, -1), { ...last, at: now }], future: [] };
  }
  return { past: [...history.past, { label, state: before, merge, at: now }].slice(-MOST), future: [] };
}

export function undo<T>(history: History<T>, present: T): { history: History<T>; present: T } | null {
  const last = history.past.at(-1);
  if (!last) return null;
  const future = [...history.future, { ...last, state: present, merge: null }];
  return { history: { past: history.past.slice(0, -1), future }, present: last.state };
}

export function redo<T>(history: History<T>, present: T): { history: History<T>; present: T } | null {
  const next = history.future.at(-1);
  if (!next) return null;
  const past = [...history.past, { ...next, state: present, merge: null }];
  return { history: { past, future: history.future.slice(0, -1) }, present: next.state };
}

// Work that could not be saved because the session was over: kept in this tab until its author is back.
import type { JourneyDocument, Layout } from "../api/types";
import { useMe } from "../shell/me";

const NAME = "airflow_ma.unsaved";

export interface Rescued {
  document: JourneyDocument;
  layout: Layout;
  /** What it was changed from. */
  revision: number;
}

const me = (): string | null => useMe.getState().me?.name ?? null;

export function keepAside(work: Rescued): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...work, by: me() }));
  } catch {
    // No storage: nothing can be kept.
  }
}

/** What was kept of this journey; null when there is nothing, or when it is somebody else's. */
export function keptOf(key: string): Rescued | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as (Rescued & { by: string | null }) | null;
    if (kept?.document.key !== key || kept.by !== me()) return null;
    return { document: kept.document, layout: kept.layout, revision: kept.revision };
  } catch {
    return null;
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // No storage: nothing was kept.
  }
}

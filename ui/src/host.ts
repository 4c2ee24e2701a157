// What Airflow's page tells us: colours, language, and where it is mounted. Followed live.
import { useSyncExternalStore } from "react";

export type Language = "en" | "ja";

interface Host {
  dark: boolean;
  language: Language;
}

function read(): Host {
  const root = document.documentElement;
  let chosen = root.lang;
  try {
    chosen = localStorage.getItem("i18nextLng") ?? chosen;
  } catch {
    // No storage: the page's own language holds.
  }
  const language: Language = (chosen || navigator.language).toLowerCase().startsWith("ja") ? "ja" : "en";
  return { dark: root.classList.contains("dark"), language };
}

let current = read();
const listeners = new Set<() => void>();
let stop: (() => void) | null = null;

function look(): void {
  const now = read();
  if (now.dark === current.dark && now.language === current.language) return;
  current = now;
  for (const changed of listeners) changed();
}

/** One watch for all components: each of them has to hear of a change. */
function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  if (!stop) {
    look(); // it may have changed while nobody watched
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "lang"] });
    window.addEventListener("storage", look);
    stop = () => {
      observer.disconnect();
      window.removeEventListener("storage", look);
    };
  }
  return () => {
    listeners.delete(changed);
    if (listeners.size) return;
    stop?.();
    stop = null;
  };
}

/** Airflow's colours and language now; the component is drawn again when they change. */
export function useHost(): Host {
  return useSyncExternalStore(subscribe, () => current);
}

/** The same, outside components. */
export function hostNow(): Host {
  return read();
}

/** Path under which Airflow is mounted, without a slash at the end: "" or "/prefix". */
export function airflowBase(): string {
  const base = document.querySelector("head > base")?.getAttribute("href") ?? "/";
  return new URL(base, location.origin).pathname.replace(/\/$/, "");
}

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

function subscribe(changed: () => void): () => void {
  const look = () => {
    const now = read();
    if (now.dark !== current.dark || now.language !== current.language) {
      current = now;
      changed();
    }
  };
  look();
  const observer = new MutationObserver(look);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "lang"] });
  window.addEventListener("storage", look);
  return () => {
    observer.disconnect();
    window.removeEventListener("storage", look);
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

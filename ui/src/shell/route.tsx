// Routes are in the hash: Airflow mounts us anew whenever the path changes.
import { useSyncExternalStore, type ReactNode } from "react";

/** The parts of "#/journeys/sale": ["journeys", "sale"]. */
export type Route = string[];

let last = { hash: "", route: ["journeys"] as Route };

function read(): Route {
  if (location.hash !== last.hash) {
    const [path = ""] = location.hash.replace(/^#\/?/, "").split("?");
    const parts = path.split("/").filter(Boolean).map(decoded);
    last = { hash: location.hash, route: parts.length ? parts : ["journeys"] };
  }
  return last.route;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  window.addEventListener("popstate", changed);
  return () => {
    window.removeEventListener("hashchange", changed);
    window.removeEventListener("popstate", changed);
  };
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, read);
}

/** What follows the route: "a" under "step" for "#/journeys/sale?step=a". */
export function routeQuery(): URLSearchParams {
  return new URLSearchParams(location.hash.split("?")[1] ?? "");
}

/** Takes what follows the route off the address; the page stays as it is. */
export function dropRouteQuery(): void {
  const [hash = ""] = location.hash.split("?");
  if (hash !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
}

/** "#/journeys/sale" for ["journeys", "sale"]. */
export function href(...route: Route): string {
  return `#/${route.map(encodeURIComponent).join("/")}`;
}

export function go(...route: Route): void {
  location.hash = href(...route);
}

export function Link(props: { to: Route; children: ReactNode; className?: string; title?: string; current?: boolean }) {
  // Airflow sets a <base>: a bare "#..." would lead to its start page.
  const path = location.pathname + location.search;
  return (
    <a
      className={props.className}
      href={path + href(...props.to)}
      title={props.title}
      aria-current={props.current ? "page" : undefined}
    >
      {props.children}
    </a>
  );
}

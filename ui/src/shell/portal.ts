// Where dialogs and menus go: outside the page's boxes, inside our theme.
import { hostNow } from "../host";

let container: HTMLElement | null = null;

export function portalContainer(): HTMLElement {
  if (!container?.isConnected) {
    container = document.createElement("div");
    container.className = "ma-root ma-portal";
    document.body.append(container);
  }
  container.classList.toggle("ma-dark", hostNow().dark);
  return container;
}

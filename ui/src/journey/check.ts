// Asks the server what is wrong with the journey, a moment after each change.
import { api, ApiError } from "../api/client";
import type { CheckResult, JourneyDocument } from "../api/types";
import { useEditor } from "./store";

const WAIT_MS = 400;
const AGAIN_MS = 5_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let checked: JourneyDocument | null = null;

async function check(): Promise<void> {
  const { view, document } = useEditor.getState();
  if (!view || document === checked) {
    useEditor.setState({ checking: false });
    return;
  }
  useEditor.setState({ checking: true });
  try {
    const { problems } = await api.post<CheckResult>("check", { document });
    if (useEditor.getState().document !== document) return;
    checked = document;
    useEditor.setState({ problems, checking: false });
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (useEditor.getState().document !== document) return;
    // The last answer stays; publishing checks again by itself.
    useEditor.setState({ checking: false });
    if (problem.status === 0 || problem.status >= 500) soon(AGAIN_MS);
  }
}

function soon(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void check(), ms);
}

/** Checks now, and from now on after every change, until the answer is called. */
export function startChecking(): () => void {
  checked = null;
  soon(0);
  const stop = useEditor.subscribe((now, before) => {
    if (now.document !== before.document) soon(now.view === before.view ? WAIT_MS : 0);
  });
  const online = () => {
    soon(0);
  };
  window.addEventListener("online", online);
  return () => {
    stop();
    window.removeEventListener("online", online);
    clearTimeout(timer);
  };
}

// Saves the draft a moment after the last change; says so when somebody else saved in between.
import { api, ApiError, isLeavingForLogin } from "../api/client";
import type { DraftToSave, JourneyView, Saved } from "../api/types";
import { keepAside } from "./rescue";
import { useEditor } from "./store";

const WAIT_MS = 800;
/** After a failure: again by itself; and at once when the browser says that there is a network again. */
const AGAIN_MS = 5_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let running: Promise<void> | null = null;

function path(): string {
  return `journeys/${encodeURIComponent(useEditor.getState().document.key)}`;
}

function soon(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void save(), ms);
}

async function put(): Promise<void> {
  const { view, document, layout, edits } = useEditor.getState();
  if (!view) return;
  useEditor.setState({ saving: "saving" });
  const body: DraftToSave = { document, layout, revision: view.revision };
  try {
    const saved = await api.put<Saved>(path(), body);
    noteSaved(document.key, edits, saved);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (useEditor.getState().document.key !== document.key) return;
    if (problem.code === "conflict") {
      useEditor.setState({ saving: "conflict", conflict: problem.detail });
      return;
    }
    useEditor.setState({ saving: "failed", failure: problem.said });
    if (problem.status === 401) keep();
    else soon(AGAIN_MS);
  }
}

/** Puts aside what is not saved, for after the login. */
function keep(): void {
  const { view, document, layout } = useEditor.getState();
  if (view) keepAside({ document, layout, revision: view.revision });
}

function noteSaved(key: string, edits: number, saved: Saved): void {
  useEditor.setState((state) => {
    if (!state.view || state.document.key !== key) return state;
    const { state: was } = state.view;
    const view: JourneyView = {
      ...state.view,
      revision: saved.revision,
      saved_at: saved.saved_at,
      state: was === "live" ? "changed" : was,
    };
    return { view, saving: state.edits === edits ? "saved" : "unsaved", conflict: null, failure: null };
  });
}

/** Saves now what is not saved yet; done when the server has it, or has said no. */
export async function save(): Promise<void> {
  clearTimeout(timer);
  while (running) await running;
  const { saving, readOnly } = useEditor.getState();
  if (readOnly || (saving !== "unsaved" && saving !== "failed")) return;
  running = put();
  try {
    await running;
  } finally {
    running = null;
  }
  if (useEditor.getState().saving === "unsaved") soon(WAIT_MS);
}

/** After a conflict: what the other saved, as it is there now. */
export async function takeTheirs(): Promise<void> {
  await useEditor.getState().open(useEditor.getState().document.key, { afresh: true });
}

/** After a conflict: mine becomes the newest draft; theirs is the one before it. */
export async function keepMine(): Promise<void> {
  const { revision } = await api.get<JourneyView>(path());
  useEditor.setState((state) => ({
    view: state.view && { ...state.view, revision },
    saving: "unsaved",
    conflict: null,
  }));
  await save();
}

/** Saves from now on, until the answer is called. */
export function startAutosave(): () => void {
  const leaving = (event: BeforeUnloadEvent) => {
    const { saving, view } = useEditor.getState();
    if (saving === "saved" || !view) return;
    if (isLeavingForLogin()) {
      keep();
      return;
    }
    void save();
    event.preventDefault();
  };
  const stop = useEditor.subscribe((now, before) => {
    if (now.edits !== before.edits && now.saving === "unsaved") soon(WAIT_MS);
  });
  const online = () => void save();
  window.addEventListener("beforeunload", leaving);
  window.addEventListener("online", online);
  return () => {
    stop();
    window.removeEventListener("online", online);
    window.removeEventListener("beforeunload", leaving);
    void save();
  };
}

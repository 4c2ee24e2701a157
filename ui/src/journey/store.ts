// What is open in the builder: one journey, how it is being edited, and everything shown of it.
// It lives outside React because Airflow mounts our pages anew whenever it likes.
import { create } from "zustand";
import { api } from "../api/client";
import type {
  ErrorDetail,
  FixAction,
  JourneyDocument,
  JourneyView,
  Json,
  Layout,
  ProblemView,
  Said,
  StepDocument,
  StepKind,
} from "../api/types";
import { hostNow } from "../host";
import { fill } from "../i18n/define";
import { toast } from "../shell/toasts";
import { copySteps, pasteSteps } from "./clipboard";
import { emptyHistory, record, redo, undo, type History } from "./history";
import * as operations from "./operations";
import type { Edited, Place } from "./operations";
import type { Catalogue } from "./outcomes";
import { forget, keptOf, type Rescued } from "./rescue";
import { texts } from "./texts";

/** A way through the journey, shown on the canvas. */
export interface Trail {
  steps: string[];
  /** Step and outcome. */
  edges: [string, string][];
  at: string | null;
  /** What is said on a step of it, such as when it was passed. */
  labels?: Readonly<Record<string, string>>;
}

export type Saving = "saved" | "saving" | "unsaved" | "conflict" | "failed";

export interface EditorState {
  view: JourneyView | null;
  catalogue: Map<string, StepKind>;
  document: JourneyDocument;
  layout: Layout;
  selection: string[];
  problems: ProblemView[];
  checking: boolean;
  saving: Saving;
  conflict: ErrorDetail | null;
  /** Why the last saving failed. */
  failure: Said | null;
  /** Counts up with every change, for those who save and check. */
  edits: number;
  readOnly: boolean;
  /** Shown in one of Airflow's own pages: to look at only. */
  embedded: boolean;
  trail: Trail | null;
  history: History<Edited>;
  /** Work that could not be saved before a login, until its author has decided. */
  rescued: (Rescued & { clash: boolean }) | null;

  change(label: string, fn: (document: JourneyDocument, layout: Layout) => Edited, options?: { merge?: string }): void;
  setSetting(step: string, name: string, value: Json | undefined): void;
  setStep(step: string, patch: { title?: string | null }): void;
  setJourney(patch: Partial<Pick<JourneyDocument, "title" | "mode" | "tags" | "goal">>): void;
  addStep(kind: string, at: Place): string;
  connect(from: string, outcome: string, to: string): void;
  disconnect(from: string, outcome: string): void;
  remove(ids: string[]): void;
  cut(): string;
  copy(): string;
  /** The ids of what came in; empty when the text holds no steps. */
  paste(text: string): string[];
  moveSteps(moved: Layout): void;
  autoLayout(): void;
  replaceDocument(document: JourneyDocument, label: string): void;
  applyFix(action: FixAction): void;
  undo(): void;
  redo(): void;
  select(ids: string[]): void;
  setTrail(trail: Trail | null): void;
  /** Goes on with what was rescued. What somebody else saved meanwhile is a conflict, as without a login. */
  bringBack(): void;
  throwAway(): void;
  /** Shows a journey as the server has it; what is open with unsaved changes stays, unless `afresh`. */
  open(key: string, options?: { afresh?: boolean; embedded?: boolean }): Promise<void>;
}

const NOTHING: JourneyDocument = { key: "", title: "", mode: "continuous", tags: [], goal: null, steps: [] };

const say = (name: keyof typeof texts): string => texts[name][hostNow().language];

/** Selection and trail name only steps that are there. */
function present(ids: string[], document: JourneyDocument): string[] {
  const kept = ids.filter((id) => document.steps.some((step) => step.id === id));
  return kept.length === ids.length ? ids : kept;
}

let opening = 0;

export const useEditor = create<EditorState>((set, get) => {
  const edited = (): Edited => ({ document: get().document, layout: get().layout });
  const catalogue = (): Catalogue => get().catalogue;
  /** Ids with a past: numbers hang on them. */
  const taken = (): Set<string> => new Set(get().view?.taken ?? []);

  const put = (next: Edited, history: History<Edited>, selection?: string[]) => {
    set((state) => ({
      document: next.document,
      layout: next.layout,
      history,
      selection: present(selection ?? state.selection, next.document),
      trail: null,
      edits: state.edits + 1,
      saving: state.saving === "conflict" ? "conflict" : "unsaved",
    }));
  };

  const commit = (label: string, next: Edited, merge: string | null = null, selection?: string[]) => {
    const before = edited();
    if (get().readOnly || (next.document === before.document && next.layout === before.layout)) return;
    put(next, record(get().history, before, label, merge, Date.now()), selection);
  };

  return {
    view: null,
    catalogue: new Map(),
    document: NOTHING,
    layout: {},
    selection: [],
    problems: [],
    checking: false,
    saving: "saved",
    conflict: null,
    failure: null,
    edits: 0,
    readOnly: true,
    embedded: false,
    trail: null,
    history: emptyHistory(),
    rescued: null,

    change: (label, fn, options) => {
      const { document, layout } = edited();
      commit(label, fn(document, layout), options?.merge ?? null);
    },
    setSetting: (step, name, value) => {
      const next = operations.setSetting(edited(), catalogue(), step, name, value);
      commit(say("setting"), next, `setting ${step} ${name}`);
    },
    setStep: (step, patch) => {
      commit(say("rename"), operations.setStep(edited(), step, patch), `step ${step}`);
    },
    setJourney: (patch) => {
      const { document, layout } = edited();
      const merge = `journey ${Object.keys(patch).join(" ")}`;
      commit(say("journey"), { document: { ...document, ...patch }, layout }, merge);
    },
    addStep: (name, at) => {
      const kind = get().catalogue.get(name);
      if (!kind || get().readOnly) return "";
      const first = kind.is_entry && "position" in at && at.position === null;
      const next = first
        ? operations.addEntry(edited(), catalogue(), kind, null, taken())
        : operations.addStep(edited(), catalogue(), kind, at, taken());
      commit(say("add"), next, null, [next.id]);
      return next.id;
    },
    connect: (from, outcome, to) => {
      if (!operations.mayConnect(edited(), catalogue(), from, to)) return;
      commit(say("connect"), operations.connect(edited(), from, outcome, to));
    },
    disconnect: (from, outcome) => {
      commit(say("disconnect"), operations.disconnect(edited(), from, outcome));
    },
    remove: (ids) => {
      commit(say("remove"), operations.removeSteps(edited(), ids));
    },
    cut: () => {
      const text = get().copy();
      if (text) commit(say("cut"), operations.removeSteps(edited(), get().selection));
      return text;
    },
    copy: () => copySteps(edited(), catalogue(), get().selection),
    paste: (text) => {
      const next = get().readOnly ? null : pasteSteps(edited(), catalogue(), text, taken());
      if (!next) return [];
      commit(say("paste"), next, null, next.ids);
      return next.ids;
    },
    moveSteps: (moved) => {
      commit(say("move"), operations.moveSteps(edited(), catalogue(), moved));
    },
    autoLayout: () => {
      const { document, layout } = edited();
      if (Object.keys(layout).length) commit(say("layout"), { document, layout: {} });
    },
    replaceDocument: (document, label) => {
      const ids = new Set(document.steps.map((step: StepDocument) => step.id));
      const layout = Object.fromEntries(Object.entries(get().layout).filter(([id]) => ids.has(id)));
      commit(label, { document: { ...document, key: get().document.key }, layout }, "text");
    },
    applyFix: (action) => {
      const next = operations.applyFix(edited(), catalogue(), action, taken());
      const selection = action.step !== null ? [action.step] : undefined;
      commit(say("fix"), next, null, selection);
    },
    undo: () => {
      const result = get().readOnly ? null : undo(get().history, edited());
      if (result) put(result.present, result.history);
    },
    redo: () => {
      const result = get().readOnly ? null : redo(get().history, edited());
      if (result) put(result.present, result.history);
    },
    select: (selection) => {
      if (!operations.same(selection, get().selection)) set({ selection });
    },
    setTrail: (trail) => {
      set({ trail });
    },
    bringBack: () => {
      const { rescued, view } = get();
      if (!rescued || !view) return;
      set({ rescued: null, view: { ...view, revision: rescued.clash ? rescued.revision : view.revision } });
      commit(say("rescue"), { document: rescued.document, layout: rescued.layout });
      forget();
    },
    throwAway: () => {
      set({ rescued: null });
      forget();
    },
    open: async (key, { afresh = false, embedded = false } = {}) => {
      const here = get().view !== null && get().document.key === key && get().embedded === embedded;
      if (here && !afresh && get().saving !== "saved") return;
      const mine = ++opening;
      if (!here) set({ view: null, document: { ...NOTHING, key }, layout: {}, problems: [], selection: [], embedded });
      const { edits, catalogue: known } = get();
      const [view, kinds] = await Promise.all([
        api.get<JourneyView>(`journeys/${encodeURIComponent(key)}`),
        known.size ? [...known.values()] : api.get<StepKind[]>("catalogue"),
      ]);
      if (mine !== opening) return;
      const same = here && !afresh && (get().edits !== edits || view.revision === get().view?.revision);
      if (same) {
        set((state) => ({ view: { ...view, revision: state.view?.revision ?? view.revision } }));
        return;
      }
      const readOnly = embedded || !view.may_edit || view.state === "git";
      if (here && !afresh && !embedded) toast("info", fill(texts.newer, hostNow().language, { who: view.saved_by ?? "" }));
      const kept = readOnly || afresh ? null : keptOf(key);
      const { document, layout } = view;
      const news = kept && !(operations.same(kept.document, document) && operations.same(kept.layout, layout));
      if (kept && !news) forget();
      set((state) => ({
        view,
        catalogue: new Map(kinds.map((kind) => [kind.kind, kind])),
        document,
        layout,
        selection: present(state.selection, document),
        saving: "saved",
        conflict: null,
        failure: null,
        edits: state.edits + 1,
        readOnly,
        trail: null,
        history: emptyHistory(),
        rescued: kept && news ? { ...kept, clash: kept.revision !== view.revision } : null,
      }));
    },
  };
});

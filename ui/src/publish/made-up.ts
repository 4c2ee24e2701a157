// What tests make up: a journey that runs, with people in it and a changed draft.
import type { ApprovalRequest, Diff, JourneyView, Place, Preview, Published } from "../api/types";
import { both } from "../forms/made-up";
import { emptyHistory } from "../journey/history";
import { CATALOGUE, small } from "../journey/made-up";
import { useEditor } from "../journey/store";

export function madeView(patch: Partial<JourneyView> = {}): JourneyView {
  return {
    document: small(),
    layout: {},
    revision: 7,
    state: "changed",
    paused: false,
    version: 2,
    saved_at: "2026-12-01T00:00:00Z",
    saved_by: "hanako",
    may_edit: true,
    may_see_contacts: true,
    source: null,
    dag_path: "dags/made_up",
    taken: [],
    life: { paused_at: null, closed_at: null, archived_at: null },
    approval: null,
    ...patch,
  };
}

export function openJourney(view: JourneyView = madeView()): void {
  useEditor.setState({
    view,
    document: view.document,
    layout: view.layout,
    catalogue: new Map(CATALOGUE),
    selection: [],
    problems: [],
    saving: "saved",
    conflict: null,
    failure: null,
    readOnly: !view.may_edit,
    embedded: false,
    rescued: null,
    history: emptyHistory(),
  });
}

export const DIFF: Diff = {
  steps: [
    { step: "thanks", title: both("Thanks"), kind: "post", change: "added", settings: [], ways: [], titled: null, people: 0 },
    {
      step: "asked",
      title: both("Asked"),
      kind: "ask",
      change: "changed",
      settings: [{ name: "within", title: both("How long"), before: both("3 days"), after: both("1 day") }],
      ways: [{ outcome: "yes", title: both("Yes!"), before: "old", after: "thanks" }],
      titled: null,
      people: 0,
    },
    { step: "old", title: both("Old mail"), kind: "post", change: "removed", settings: [], ways: [], titled: null, people: 12 },
  ],
  journey: [],
  yaml: [
    { sign: "-", text: "within: 3 days" },
    { sign: "+", text: "within: 1 day" },
  ],
};

export const PLACE: Place = {
  step: "old",
  title: both("Old mail"),
  change: "removed",
  people: 12,
  versions: { "2": 12 },
  choices: ["move", "leave", "finish"],
  rule: { do: "finish", to: null, reason: "" },
  targets: ["hello", "thanks"],
  suggested: "thanks",
};

export function madePreview(patch: Partial<Preview> = {}): Preview {
  return {
    first: false,
    version: 2,
    inside: 1184,
    diff: DIFF,
    places: [PLACE],
    earlier: [],
    due_now: [],
    new_people: null,
    first_mail: null,
    approval: { needed: false, why: null, waiting: null },
    ...patch,
  };
}

export function madeRequest(patch: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: 5,
    revision: 7,
    asked_by: "sato",
    asked_at: "2026-12-01T00:48:00Z",
    people: 320,
    note: "Please before Friday",
    mine: false,
    may_answer: true,
    rules: { old: { do: "move", to: "thanks", reason: "" } },
    per_hour: 100,
    ...patch,
  };
}

export function madePublished(patch: Partial<Published> & { did?: Partial<Published["moved"]> } = {}): Published {
  const { did, ...more } = patch;
  const moved = { moved: 0, left: 0, finish: 0, adopted: 0, rest: 0, ...did };
  return { version: 3, asked: null, moved, paused: false, already: false, ...more };
}

/* eslint-disable no-restricted-syntax -- what tests make up is no text of our pages */
// Numbers that tests make up, of the journey in journey/made-up.ts.
import type { JourneyView } from "../api/types";
import { useCanvas } from "../canvas/canvasStore";
import { emptyHistory } from "../journey/history";
import { CATALOGUE, small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { trafficOf } from "./numbers";
import { useWatch } from "./store";
import type { PersonHere, StepNow, Watch } from "./types";

const NEVER = { paused_at: null, closed_at: null, archived_at: null };

export function madeNow(more: Partial<StepNow> = {}): StepNow {
  return { title: { en: "Ran as this", ja: "実行時の名前" }, kind: null, in_newest: true, arrived: 0, waiting: 0, due: 0, pinned: 0, held: [], failed: [], left: {}, average_stay_ms: null, ...more };
}

export function madeWatch(more: Partial<Watch> = {}): Watch {
  const watch: Watch = {
    at: "2026-12-01T01:00:00Z",
    steps: {
      hello: madeNow({
        arrived: 1_240,
        waiting: 12,
        held: [{ why: "night", said: { en: "quiet hours", ja: "配信を控える時間帯" }, people: 3 }],
        left: { gone: 1_221, kept: 7 },
        average_stay_ms: 100_800_000,
      }),
      asked: madeNow({ arrived: 1_221, waiting: 221, left: { yes: 750, no: 250 } }),
    },
    ways: [
      { from_step: "hello", outcome: "gone", to_step: "asked", number: 1_221 },
      { from_step: "asked", outcome: "yes", to_step: "thanks", number: 750 },
      { from_step: "asked", outcome: "no", to_step: "bye", number: 250 },
    ],
    versions: [{ version: 2, people: 233 }],
    run: null,
    life: NEVER,
    clock_speed: 1,
    ...more,
  };
  return watch;
}

export function madePerson(contact: string, more: Partial<PersonHere> = {}): PersonHere {
  return {
    contact,
    name: `Person ${contact}`,
    email: `${contact}@example.com`,
    step: "hello",
    since: "2026-11-30T01:00:00Z",
    until: null,
    why: null,
    version: 2,
    pinned: false,
    ...more,
  };
}

/** Opens the journey as a page would, with these numbers. */
export function openMadeUp(view: Partial<JourneyView> = {}, watch = madeWatch()): void {
  const document = small();
  useEditor.setState({
    view: {
      document,
      layout: {},
      revision: 1,
      state: "live",
      paused: false,
      life: NEVER,
      version: 2,
      saved_at: null,
      saved_by: null,
      may_edit: true,
      may_see_contacts: true,
      source: null,
      approval: null,
      dag_path: "dags/made_up",
      taken: [],
      ...view,
    },
    document,
    layout: {},
    catalogue: new Map(CATALOGUE),
    selection: [],
    problems: [],
    readOnly: false,
    embedded: false,
    trail: null,
    history: emptyHistory(),
  });
  useCanvas.setState({ tab: "settings", sideOpen: null, asking: null });
  useWatch.setState({
    journey: "made_up",
    shown: true,
    run: null,
    version: null,
    watch,
    traffic: trafficOf(watch.ways),
    error: null,
    elsewhere: null,
    asked: { what: "waiting", outcome: null, hold: null },
    person: null,
  });
}

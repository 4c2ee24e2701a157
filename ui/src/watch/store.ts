// What is watched of the journey that is open: the numbers, cut down to a run or a version, and one person's way.
// Apart from the editor's store, so that a new number draws only what shows it.
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import { useEditor } from "../journey/store";
import { useCanvas } from "../canvas/canvasStore";
import { kept, trafficOf, type Traffic } from "./numbers";
import type { JourneyView } from "../api/types";
import type { LifeMoments, PassageMade, Watch, What, WayOfPerson } from "./types";

/** Whose names are listed: at the step that is selected. */
export interface Asked {
  what: What;
  outcome: string | null;
  hold: string | null;
}

export interface Person {
  contact: string;
  name: string;
  /** null: not known yet. */
  passages: PassageMade[] | null;
  /** Which passage is on the canvas: 0 is the newest. */
  shown: number;
  error: ApiError | null;
}

interface WatchState {
  journey: string | null;
  /** Numbers are on the canvas. */
  shown: boolean;
  run: string | null;
  version: number | null;
  watch: Watch | null;
  traffic: Traffic;
  /** Why the numbers are not from now. */
  error: ApiError | null;
  asked: Asked;
  /** The step whose people are listed although it is not on the canvas: a draft or a newer version has it no more. */
  elsewhere: string | null;
  person: Person | null;
}

const NO_TRAFFIC: Traffic = { ways: new Map(), most: 0 };
const WAITING: Asked = { what: "waiting", outcome: null, hold: null };
const SHOWN = "airflow_ma.numbers";

function remembered(): boolean {
  try {
    return localStorage.getItem(SHOWN) !== "no";
  } catch {
    return true;
  }
}

export const useWatch = create<WatchState>(() => ({
  journey: null,
  shown: remembered(),
  run: null,
  version: null,
  watch: null,
  traffic: NO_TRAFFIC,
  error: null,
  asked: WAITING,
  elsewhere: null,
  person: null,
}));

const EMPTY = { watch: null, traffic: NO_TRAFFIC, error: null };

/** Begins with this journey. What was known of another is forgotten. */
export function watchJourney(journey: string, run: string | null): void {
  const now = useWatch.getState();
  if (now.journey === journey && now.run === run) return;
  useWatch.setState({ ...EMPTY, journey, run, version: null, person: null, asked: WAITING, elsewhere: null });
}

export function showNumbers(shown: boolean): void {
  useWatch.setState({ shown });
  try {
    localStorage.setItem(SHOWN, shown ? "yes" : "no");
  } catch {
    // No storage: it holds for this page only.
  }
}

export function onlyRun(run: string | null): void {
  if (useWatch.getState().run !== run) useWatch.setState({ run });
}

export function onlyVersion(version: number | null): void {
  useWatch.setState({ version });
}

/** Asks for the numbers once. False when the answer was not to be had. */
export async function look(): Promise<boolean> {
  const { journey, run, version } = useWatch.getState();
  if (journey === null) return true;
  const current = () => {
    const now = useWatch.getState();
    return now.journey === journey && now.run === run && now.version === version;
  };
  const { view } = useEditor.getState();
  try {
    const answer = await api.get<Watch>(`journeys/${encodeURIComponent(journey)}/watch`, { run_id: run, version });
    if (!current()) return true;
    const { watch: before, traffic } = useWatch.getState();
    const watch = kept(before, answer);
    useWatch.setState({
      watch,
      traffic: watch.ways === before?.ways ? traffic : trafficOf(watch.ways),
      error: null,
    });
    takeLife(view, answer.life);
    return true;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (current()) useWatch.setState({ error: problem });
    return false;
  }
}

/** What somebody else paused, closed or resumed meanwhile; unless the journey was read anew since it was asked. */
function takeLife(asked: JourneyView | null, life: LifeMoments): void {
  const { view } = useEditor.getState();
  if (!view || view !== asked || JSON.stringify(view.life) === JSON.stringify(life)) return;
  // Airflow's own switch is not told here: it is thrown together with ours.
  const paused = view.life.paused_at === life.paused_at ? view.paused : life.paused_at !== null;
  useEditor.setState({ view: { ...view, life, paused } });
}

/** Opens the panel with the people behind a number of a step. */
export function showPeople(step: string | null, asked: Partial<Asked> = {}): void {
  const { document, select } = useEditor.getState();
  const here = step !== null && document.steps.some((one) => one.id === step);
  if (step !== null) select(here ? [step] : []);
  useWatch.setState({ asked: { ...WAITING, ...asked }, person: null, elsewhere: here ? null : step });
  useCanvas.getState().show("people");
}

export function askFor(asked: Asked): void {
  useWatch.setState({ asked });
}

/** Puts one person's way on the canvas, in place of the numbers. */
export async function showPerson(contact: string, name: string): Promise<void> {
  const { journey } = useWatch.getState();
  if (journey === null) return;
  const mine = (): boolean => useWatch.getState().journey === journey && useWatch.getState().person?.contact === contact;
  useWatch.setState({ person: { contact, name, passages: null, shown: 0, error: null } });
  try {
    const { passages } = await api.post<WayOfPerson>(`journeys/${encodeURIComponent(journey)}/way`, { contact });
    if (mine()) useWatch.setState({ person: { contact, name, passages, shown: 0, error: null } });
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (mine()) useWatch.setState({ person: { contact, name, passages: null, shown: 0, error: problem } });
  }
}

export function showPassage(shown: number): void {
  useWatch.setState(({ person }) => ({ person: person && { ...person, shown } }));
}

export function backToAll(): void {
  useWatch.setState({ person: null });
}

// The trial of a journey: who, when, what was answered. It outlives the panel, so that somebody can change a step and
// come back to the same answers; the server plays them all from the start each time.
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import type { ContactSummary, ContactView, JourneyDocument, Tryout, TryRequest } from "../api/types";
import type { Answer } from "./acts";

export interface Trial {
  /** Key of the journey that is tried. */
  journey: string | null;
  /** null: a made-up person. */
  contact: ContactSummary | null;
  /** Of the person; null while it is not known. */
  timezone: string | null;
  /** Local time of the person, "2026-12-01T10:00"; null until it is chosen. */
  start: string | null;
  begun: boolean;
  answers: Answer[];
  tryout: Tryout | null;
  /** The answers that `tryout` is about. */
  played: Answer[];
  playing: boolean;
  error: ApiError | null;
}

const NEW: Trial = {
  journey: null,
  contact: null,
  timezone: null,
  start: null,
  begun: false,
  answers: [],
  tryout: null,
  played: [],
  playing: false,
  error: null,
};

export const useTrial = create<Trial>(() => NEW);

/** Begins anew unless this journey is being tried already. */
export function tryJourney(journey: string): void {
  if (useTrial.getState().journey !== journey) useTrial.setState({ ...NEW, journey });
}

export function setUp(patch: Partial<Pick<Trial, "contact" | "start" | "timezone">>): void {
  useTrial.setState(patch);
}

export function begin(start: string): void {
  useTrial.setState({ begun: true, start, answers: [], tryout: null, played: [], error: null });
}

/** Back to choosing the person. */
export function stop(): void {
  useTrial.setState({ begun: false, answers: [], tryout: null, played: [], error: null });
}

export function add(answer: Answer): void {
  useTrial.setState(({ answers }) => ({ answers: [...answers, answer] }));
}

export function stepBack(): void {
  useTrial.setState(({ answers }) => ({ answers: answers.slice(0, -1) }));
}

export function again(): void {
  useTrial.setState({ answers: [] });
}

/** Forgets answers that no longer apply. */
export function keepOnly(answers: Answer[]): void {
  useTrial.setState({ answers });
}

let newest = 0;

/** Lets the server play all answers on the journey as it is now. A later call makes an earlier one void. */
export async function play(document: JourneyDocument): Promise<void> {
  const { contact, start, answers, journey } = useTrial.getState();
  const mine = ++newest;
  const current = () => mine === newest && useTrial.getState().journey === journey;
  if (start === null) return;
  useTrial.setState({ playing: true });
  const request: TryRequest = { document, contact: contact?.key ?? null, start, acts: answers.map((one) => one.act) };
  try {
    const tryout = await api.post<Tryout>("try", request);
    if (current()) useTrial.setState({ tryout, played: answers, playing: false, error: null });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (current()) useTrial.setState({ playing: false, error });
  }
}

/** Learns the zone of the chosen person, whose clock the trial shows. */
export async function learnZone(contact: ContactSummary): Promise<void> {
  try {
    const { timezone } = await api.post<ContactView>("contacts/one", { key: contact.key });
    if (useTrial.getState().contact?.key === contact.key) useTrial.setState({ timezone });
  } catch (error) {
    // Without it the installation's zone is shown.
    if (!(error instanceof ApiError)) throw error;
  }
}

// Keeps the numbers of the open journey fresh while its page is there.
import "./watch.css";
import { useEffect } from "react";
import { useHost } from "../host";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";
import { routeQuery } from "../shell/route";
import { cameOrLeft } from "./numbers";
import { poll } from "./polling";
import { askFor, look, showPeople, useWatch, watchJourney } from "./store";
import { trailOf } from "./way";

const EVERY_MS = 5_000;

/** Whether there are numbers of the journey that is open: it was published. */
export function useHasNumbers(): boolean {
  return useEditor(({ view }) => view !== null && view.version !== null);
}

/** Watches the journey, in one run only where it is given. */
export function useWatching(journey: string, run: string | null): void {
  const numbers = useHasNumbers();
  const shown = useWatch((state) => state.shown);
  useEffect(() => {
    watchJourney(journey, run);
  }, [journey, run]);
  useEffect(() => {
    if (!numbers || !shown) return;
    const polling = poll(look, EVERY_MS);
    const stop = useWatch.subscribe((now, before) => {
      if (now.journey !== before.journey || now.run !== before.run || now.version !== before.version) polling.now();
    });
    return () => {
      stop();
      polling.stop();
    };
  }, [numbers, shown]);
  usePersonOnCanvas();
  useEffect(
    () =>
      useEditor.subscribe(({ selection }) => {
        if (selection.length && useWatch.getState().elsewhere !== null) useWatch.setState({ elsewhere: null });
      }),
    [],
  );
}

/** The same for the builder's page: its address may name a run, and a step that is chosen once the journey is there. */
export function useWatchingByAddress(journey: string, ready: boolean): void {
  const query = routeQuery();
  const run = query.get("run");
  const step = query.get("step");
  useWatching(journey, run);
  useEffect(() => {
    return ready ? pointTo(step, run) : undefined;
  }, [ready, step, run]);
}

/** Chooses the step, if the journey still has it, and shows who is behind its numbers; returns what ends it. */
export function pointTo(step: string | null, run: string | null): (() => void) | undefined {
  if (step === null && run === null) return;
  useWatch.setState({ shown: true });
  if (step === null || !useEditor.getState().document.steps.some((one) => one.id === step)) return;
  showPeople(step, { what: run === null ? "waiting" : "arrived" });
  return run === null ? undefined : onceKnown(step, run);
}

/** Lists those who left the step, once it is known that nobody came; unless the reader chose a list meanwhile. */
function onceKnown(step: string, run: string): (() => void) | undefined {
  const { asked } = useWatch.getState();
  const settled = (): boolean => {
    const now = useWatch.getState();
    if (now.asked !== asked || now.run !== run) return true;
    if (now.watch === null) return false;
    askFor(cameOrLeft(now.watch.steps[step]));
    return true;
  };
  if (settled()) return;
  const stop = useWatch.subscribe(() => {
    if (settled()) stop();
  });
  return stop;
}

function usePersonOnCanvas(): void {
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const passage = useWatch(({ person }) => person?.passages?.[person.shown] ?? null);
  useEffect(() => {
    if (!passage) return;
    const { setTrail } = useEditor.getState();
    setTrail(trailOf(passage, language, zone));
    return () => {
      setTrail(null);
    };
  }, [passage, language, zone]);
}

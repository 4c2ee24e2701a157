import "./tryit.css";
import { useEffect, useRef } from "react";
import type { ProblemView } from "../api/types";
import { useEditor } from "../journey/store";
import { trailOf } from "./acts";
import { Play } from "./Play";
import { Setup } from "./Setup";
import { play, tryJourney, useTrial } from "./store";

const CANVAS_RESTS_MS = 400;

/** Walk one person through the journey as it is on the canvas. `onShow`: somebody wants to see that problem's field. */
export function TryPanel(props: { onShow?: (problem: ProblemView) => void }) {
  const document = useEditor((state) => state.document);
  const journey = useEditor((state) => state.view?.document.key ?? null);
  const { begun, answers, contact, start, tryout } = useTrial();
  useEffect(() => {
    if (journey !== null) tryJourney(journey);
  }, [journey]);

  // Everything is played again when an answer or the journey changes.
  const drawn = useRef(document);
  useEffect(() => {
    if (!begun) return;
    const timer = setTimeout(() => void play(document), drawn.current === document ? 0 : CANVAS_RESTS_MS);
    drawn.current = document;
    return () => {
      clearTimeout(timer);
    };
  }, [begun, answers, contact, start, document]);

  const setTrail = useEditor((state) => state.setTrail);
  useEffect(() => {
    setTrail(begun && tryout && !tryout.problems.length ? trailOf(tryout) : null);
  }, [begun, tryout, setTrail]);
  useEffect(
    () => () => {
      setTrail(null);
    },
    [setTrail],
  );

  return <div className="ma-try">{begun ? <Play onShow={props.onShow} /> : <Setup />}</div>;
}

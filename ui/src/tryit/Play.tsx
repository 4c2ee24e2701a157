import { useEffect, useRef } from "react";
import type { ProblemView, Tryout } from "../api/types";
import { contactName } from "../forms/ContactPicker";
import { wishForField } from "../forms/focus";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useEditor } from "../journey/store";
import { FixButtons } from "../problems/FixButtons";
import { Button } from "../shell/Button";
import { ErrorNote, Loading, Note } from "../shell/Notes";
import { useMe } from "../shell/me";
import { stale } from "./acts";
import { Questions } from "./Questions";
import { Standing } from "./Standing";
import { add, again, keepOnly, play, stepBack, stop, useTrial } from "./store";
import { texts } from "./texts";
import { Way } from "./Way";

interface PlayProps {
  /** Somebody wants to see that problem's field; its step is selected already. */
  onShow: ((problem: ProblemView) => void) | undefined;
}

/** One person on the way through the journey. */
export function Play({ onShow }: PlayProps) {
  const t = useTexts(texts);
  const trial = useTrial();
  const home = useMe((state) => state.me?.timezone ?? "UTC");
  const { tryout, error, playing } = trial;
  const zone = trial.timezone ?? home;
  return (
    <div className="ma-try-play" aria-busy={playing}>
      <Head />
      {error && <ErrorNote error={error} retry={() => void play(useEditor.getState().document)} />}
      {!tryout && !error && <Loading />}
      {tryout && (tryout.problems.length ? <NotReady tryout={tryout} onShow={onShow} /> : <Story tryout={tryout} zone={zone} />)}
      <p className="ma-try-quiet">{t("safe")}</p>
    </div>
  );
}

function Head() {
  const t = useTexts(texts);
  const { language } = useHost();
  const { contact, start, answers } = useTrial();
  const who = contact ? contactName(contact) : t("made_up");
  return (
    <header className="ma-try-head">
      <p>
        {t("started", { who, at: start === null ? "" : formatMoment(`${start}Z`, language, "UTC") })}{" "}
        <button type="button" className="ma-try-link" onClick={stop}>
          {t("change")}
        </button>
      </p>
      <div className="ma-try-chips">
        <Button small icon="undo" disabled={!answers.length} onClick={stepBack}>
          {t("back")}
        </Button>
        <Button small look="quiet" disabled={!answers.length} onClick={again}>
          {t("again")}
        </Button>
      </div>
    </header>
  );
}

function NotReady({ tryout, onShow }: PlayProps & { tryout: Tryout }) {
  const t = useTexts(texts);
  const say = useSaid();
  const select = useEditor((state) => state.select);
  const kept = useTrial((state) => state.answers.length > 0);
  return (
    <Note tone="warning">
      <strong>{t("not_ready")}</strong>
      <ul className="ma-try-problems">
        {tryout.problems.map((problem, index) => (
          <li key={index}>
            <p>{say(problem.message)}</p>
            {say(problem.fix) && <p className="ma-try-quiet">{say(problem.fix)}</p>}
            <span className="ma-try-chips">
              {problem.step !== null && (
                <Button
                  small
                  onClick={() => {
                    if (problem.step !== null) select([problem.step]);
                    wishForField({ step: problem.step, setting: problem.setting });
                    onShow?.(problem);
                  }}
                >
                  {t("show_step")}
                </Button>
              )}
              <FixButtons problem={problem} />
            </span>
          </li>
        ))}
      </ul>
      {kept && <p>{t("kept")}</p>}
    </Note>
  );
}

function Story({ tryout, zone }: { tryout: Tryout; zone: string }) {
  const t = useTexts(texts);
  const heading = useRef<HTMLHeadingElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const played = useTrial((state) => state.played);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
    // The button that was pressed is gone: whoever works without a mouse goes on at the next question.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [tryout, played]);
  return (
    <>
      <Way moments={tryout.moments} timezone={zone} />
      <Stale tryout={tryout} />
      <div ref={end} className="ma-try-now">
        {tryout.at_step === null ? (
          <h4 ref={heading} tabIndex={-1} role="status">
            {t("over")}
          </h4>
        ) : (
          <>
            <Standing step={tryout.at_step} />
            <h4 ref={heading} tabIndex={-1}>
              {t("next")}
            </h4>
            <Questions key={played.length} tryout={tryout} timezone={zone} onAnswer={add} />
          </>
        )}
      </div>
    </>
  );
}

/** Says which answers the changed journey has made void. */
function Stale({ tryout }: { tryout: Tryout }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { answers, played } = useTrial();
  const idle = stale(played, tryout);
  if (!idle.length || played !== answers) return null;
  return (
    <Note
      tone="warning"
      end={
        <Button
          small
          onClick={() => {
            keepOnly(answers.filter((one) => !idle.includes(one)));
          }}
        >
          {t("drop_stale")}
        </Button>
      }
    >
      <p>{t("stale")}</p>
      <ul className="ma-try-problems">
        {idle.map((one, index) => (
          <li key={index}>{say(one.title)}</li>
        ))}
      </ul>
    </Note>
  );
}

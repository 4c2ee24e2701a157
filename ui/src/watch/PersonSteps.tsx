import { focusStep } from "../canvas/canvasStore";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { stepsById } from "../journey/derived";
import { outcomeTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";
import { Loading } from "../shell/Notes";
import { useStepKind, useStepTitle } from "./names";
import { MOVED, REMOVED } from "./numbers";
import type { Person } from "./store";
import { texts } from "./texts";
import { stopsOf, type Stop } from "./way";

/** One person's way, step by step: what is numbered on the canvas. */
export function PersonSteps({ person }: { person: Person }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const passage = person.passages?.[person.shown];
  if (person.error) return <p className="ma-people-none">{say(person.error.said)}</p>;
  if (!passage) return <Loading />;
  return (
    <div className="ma-people-body">
      <ol className="ma-stops">
        {stopsOf(passage).map((stop, index) => (
          <StopRow key={`${stop.step} ${index}`} stop={stop} />
        ))}
      </ol>
      {passage.left_at !== null && (
        <p className="ma-people-none">
          {t(passage.finished ? "finished_at" : "left_at", { when: formatMoment(passage.left_at, language, zone) })}
          {passage.left_reason && ` (${say(passage.left_reason)})`}
        </p>
      )}
    </div>
  );
}

function StopRow({ stop }: { stop: Stop }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const step = useEditor((state) => stepsById(state.document).get(stop.step));
  const title = useStepTitle(stop.step);
  const kind = useStepKind(stop.step);
  const outcome = () => {
    if (stop.outcome === null) return t("now_at");
    if (stop.outcome === MOVED) return t("took", { outcome: t("line_moved") });
    if (stop.outcome === REMOVED) return t("took", { outcome: t("line_removed") });
    return t("took", { outcome: outcomeTitle(kind, stop.outcome, say) || t("unnamed") });
  };
  return (
    <li className={stop.outcome === null ? "ma-stop-now" : ""}>
      <time dateTime={stop.at}>{formatMoment(stop.at, language, zone)}</time>
      {step ? (
        <button
          type="button"
          className="ma-people-link"
          onClick={() => {
            useEditor.getState().select([stop.step]);
            focusStep(stop.step);
          }}
        >
          {title}
        </button>
      ) : (
        <span>
          {title !== null && `${title} `}
          <small>{t("step_gone")}</small>
        </span>
      )}
      <small>{outcome()}</small>
    </li>
  );
}

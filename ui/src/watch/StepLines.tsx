import { useMemo, useState } from "react";
import { api, ApiError } from "../api/client";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { stepsById } from "../journey/derived";
import { outcomesOf, outcomeTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { toast } from "../shell/toasts";
import { useStepKind } from "./names";
import { cameOtherwise, linesOf, percent, type Line } from "./numbers";
import { Bar } from "./Bar";
import { askFor, look, useWatch } from "./store";
import { texts } from "./texts";
import type { PeopleDone, StepNow } from "./types";
import { roughly } from "./words";

const NO_OUTCOMES: string[] = [];

/** The numbers of a step, line by line: each says how many, and lists them when it is clicked. */
export function StepLines({ step: id, now }: { step: string; now: StepNow }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const step = useEditor((state) => stepsById(state.document).get(id));
  const catalogue = useEditor((state) => state.catalogue);
  const kind = useStepKind(id);
  const otherwise = useOtherwise(id);
  const run = useWatch((state) => state.run);
  const version = useWatch((state) => state.version);
  const outcomes = step ? outcomesOf(step, catalogue) : (kind?.outcomes ?? NO_OUTCOMES);
  const { here, gone } = linesOf(now, outcomes);
  const stay = now.average_stay_ms;
  // Nobody stays at an end, unless something went wrong.
  const stays = !kind?.is_end || now.waiting > 0;
  const held = here.some((one) => one.word === "held");
  const editor = useEditor((state) => state.view?.may_see_contacts ?? false);
  const since = run !== null ? t("went_on_run") : version !== null ? t("went_on_version", { n: version }) : t("went_on");
  return (
    <div className="ma-lines">
      {stays && (
        <>
          <h3>{t("now_here")}</h3>
          <ul>
            {here.map((line) => (
              <LineRow key={`${line.word} ${line.hold ?? line.said?.en ?? ""}`} step={id} line={line} />
            ))}
          </ul>
        </>
      )}
      {held && editor && <Retry step={id} />}
      <h3>{since}</h3>
      <ul>
        {gone.map((line) => (
          <LineRow key={`${line.word} ${line.outcome ?? ""}`} step={id} line={line} />
        ))}
      </ul>
      {otherwise > 0 && <p className="ma-lines-stay">{t("came_otherwise", { n: formatNumber(otherwise, language) })}</p>}
      {run === null && !kind?.is_end && stay !== null && stay >= 1_000 && (
        <p className="ma-lines-stay">
          {t("average_stay")} <b>{roughly(stay, language)}</b>
        </p>
      )}
    </div>
  );
}

/** How many came to a step by ways that are not on the canvas. */
export function useOtherwise(id: string): number {
  const ways = useWatch((state) => state.watch?.ways);
  const document = useEditor((state) => state.document);
  const here = stepsById(document).has(id);
  return useMemo(() => (here && ways ? cameOtherwise(ways, document, id) : 0), [here, ways, document, id]);
}

const TONES: Partial<Record<Line["word"], string>> = {
  held: "ma-line-warning",
  retryable: "ma-line-warning",
  unresolved: "ma-line-warning",
  not_sent: "ma-line-danger",
};

function LineRow({ step: id, line }: { step: string; line: Line }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const kind = useStepKind(id);
  const name =
    line.word === "outcome" ? outcomeTitle(kind, line.outcome ?? "", say) || t("unnamed") : t(`line_${line.word}`);
  const editor = useEditor((state) => state.view?.may_see_contacts ?? false);
  const chosen = useWatch(
    ({ asked }) => asked.what === line.what && asked.outcome === line.outcome && asked.hold === line.hold,
  );
  const { what } = line;
  const words = (
    <>
      <span className="ma-line-name">
        {name}
        {line.said && <small>{say(line.said)}</small>}
      </span>
      <span className="ma-line-number">
        {line.share !== null && <small>{percent(line.share)}</small>}
        {formatNumber(line.people, language)}
      </span>
      {line.share !== null && <Bar share={line.share} />}
    </>
  );
  const look = `ma-line ${TONES[line.word] ?? ""} ${line.word === "outcome" ? "ma-line-part" : ""}`;
  if (!editor || line.people === 0) {
    return <li className={`${look} ${line.people === 0 ? "ma-line-zero" : ""}`}>{words}</li>;
  }
  return (
    <li>
      <button
        type="button"
        className={look}
        aria-pressed={chosen}
        onClick={() => {
          askFor({ what, outcome: line.outcome, hold: line.hold });
        }}
      >
        {words}
      </button>
    </li>
  );
}

function Retry({ step }: { step: string }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const key = useEditor((state) => state.document.key);
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      const { people } = await api.post<PeopleDone>(`journeys/${encodeURIComponent(key)}/retry`, { step });
      const name = people === 0 ? "retried_none" : people === 1 ? "retried_one" : "retried";
      toast("good", t(name, { n: formatNumber(people, language) }));
      await look();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      toast("danger", say(problem.said));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button small icon="redo" disabled={busy} onClick={() => void retry()}>
      {t("retry")}
    </Button>
  );
}

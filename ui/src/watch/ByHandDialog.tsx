// Moving people to another step, or out of the journey, by hand: never without a reason, never without the number.
import { useState, type SyntheticEvent } from "react";
import { api, ApiError } from "../api/client";
import { useLoad } from "../api/useLoad";
import type { Said } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Field } from "../shell/Field";
import { ErrorNote, Loading, Note } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { useStepTitle } from "./names";
import { sum } from "./numbers";
import { texts } from "./texts";
import type { Chosen, MovePreview, PeopleDone } from "./types";
import { roughly } from "./words";

export interface ByHand {
  act: "move" | "remove";
  people: Chosen;
  /** How many that are, as far as is known. */
  number: number;
  /** The step where they stand. */
  from: string;
  /** What holds everybody who is meant; null: it does not matter. */
  why: Said | null;
}

/** From so many on it is worth asking whether they go on all at once. */
const MANY = 50;
const HOUR_MS = 3_600_000;

/** What the move would do; with `to` null only where it may lead. */
function usePreview(journey: string, act: ByHand["act"], people: Chosen, to: string | null) {
  const body = { people, to };
  const question = act === "move" ? JSON.stringify([journey, body]) : null;
  return useLoad(question, () => api.post<MovePreview>(`journeys/${encodeURIComponent(journey)}/move/preview`, body));
}

interface Props {
  close: () => void;
  done: () => void;
}

export function ByHandDialog(props: Props & { doing: ByHand | null }) {
  const t = useTexts(texts);
  const { doing } = props;
  return (
    <Dialog title={doing ? t(`${doing.act}_title`) : ""} open={doing !== null} onClose={props.close}>
      {doing && <Ask {...props} doing={doing} />}
    </Dialog>
  );
}

interface Answers {
  to: string;
  reason: string;
  slowly: boolean;
  perHour: string;
}

type Missing = Partial<Record<"to" | "reason" | "perHour", "to_missing" | "reason_missing" | "slowly_missing">>;

function missingIn(act: ByHand["act"], { to, reason, slowly, perHour }: Answers): Missing {
  const found: Missing = {};
  if (act === "move" && !to) found.to = "to_missing";
  if (!reason.trim()) found.reason = "reason_missing";
  if (act === "move" && slowly && !/^[1-9]\d{0,6}$/.test(perHour)) found.perHour = "slowly_missing";
  return found;
}

function Ask({ doing, close, done }: Props & { doing: ByHand }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const key = useEditor((state) => state.document.key);
  const [answers, setAnswers] = useState<Answers>({ to: "", reason: "", slowly: false, perHour: "1000" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const { act, people, number } = doing;
  const foreseen = usePreview(key, act, people, null);
  const effect = usePreview(key, act, people, answers.to || null);
  const known = effect.data ?? foreseen.data;
  const there = known?.people ?? number;
  const crowd = sum((effect.data?.due_now ?? []).map((one) => one.people));
  const slowly = answers.slowly && crowd >= MANY;
  const missing = missingIn(act, { ...answers, slowly });
  const say = (name: keyof Missing): { problem?: string } => {
    const text = tried ? missing[name] : undefined;
    return text ? { problem: t(text) } : {};
  };
  const change = (patch: Partial<Answers>) => {
    setAnswers((before) => ({ ...before, ...patch }));
  };
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(missing).length) return;
    setBusy(true);
    setError(null);
    const reason = answers.reason.trim();
    const per_hour = slowly ? Number(answers.perHour) : null;
    const body = act === "move" ? { people, to: answers.to, reason, per_hour } : { people, reason };
    try {
      const { people: n, gone_on } = await api.post<PeopleDone>(`journeys/${encodeURIComponent(key)}/${act}`, body);
      const said = n === 0 ? "done_none" : act === "move" ? (n === 1 ? "moved_one" : "moved") : n === 1 ? "removed_one" : "removed";
      const left = n > 0 && gone_on ? ` ${t(gone_on === 1 ? "gone_on_one" : "gone_on", { n: formatNumber(gone_on, language) })}` : "";
      toast(n === 0 || left ? "info" : "good", t(said, { n: formatNumber(n, language) }) + left);
      done();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setBusy(false);
    }
  };
  const n = formatNumber(there, language);
  return (
    <form className="ma-by-hand" noValidate onSubmit={(event) => void submit(event)}>
      <Whom doing={doing} />
      {!!known?.gone_on && (
        <Note tone="warning">
          {t(known.gone_on === 1 ? "gone_already_one" : "gone_already", { n: formatNumber(known.gone_on, language) })}
        </Note>
      )}
      <p>{t(`${act}_about`)}</p>
      {act === "move" && (
        <Field label={t("to")} mark={t("required")} {...say("to")}>
          {(ids) => (
            <Targets
              ids={ids}
              targets={foreseen.data?.targets ?? []}
              value={answers.to}
              onChange={(to) => {
                change({ to });
              }}
            />
          )}
        </Field>
      )}
      {act === "move" && foreseen.error && <ErrorNote error={foreseen.error} retry={foreseen.reload} />}
      {act === "move" && answers.to && (
        <Effect found={effect.data} error={effect.error} again={effect.reload} perHour={slowly && !missing.perHour ? Number(answers.perHour) : null} />
      )}
      {act === "move" && crowd >= MANY && <Slowly answers={answers} change={change} {...say("perHour")} />}
      <Field label={t("reason")} mark={t("required")} help={t("reason_help")} {...say("reason")}>
        {(ids) => (
          <textarea
            {...ids}
            className="ma-input"
            rows={2}
            maxLength={1_000}
            required
            value={answers.reason}
            onChange={(event) => {
              change({ reason: event.target.value });
            }}
          />
        )}
      </Field>
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        <Button type="submit" look={act === "move" ? "primary" : "danger"} disabled={busy}>
          {t(there === 1 ? `do_${act}_one` : `do_${act}`, { n })}
        </Button>
      </div>
    </form>
  );
}

function Whom({ doing }: { doing: ByHand }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const { people, number, from } = doing;
  const step = useStepTitle(from) ?? from;
  const n = formatNumber(number, language);
  if (people.contacts) return <p>{t(number === 1 ? "whom_chosen_one" : "whom_chosen", { n, step })}</p>;
  return <p>{people.hold === null ? t("whom_all", { n, step }) : t("whom_held", { n, step, why: say(doing.why) })}</p>;
}

/** The steps of the version that runs to which they may be moved. */
function Targets(props: {
  ids: object;
  targets: MovePreview["targets"];
  value: string;
  onChange: (step: string) => void;
}) {
  const t = useTexts(texts);
  const say = useSaid();
  return (
    <select
      {...props.ids}
      className="ma-input"
      required
      value={props.value}
      onChange={(event) => {
        props.onChange(event.target.value);
      }}
    >
      <option value="">{t("to_choose")}</option>
      {props.targets.map(({ step, title }) => (
        <option key={step} value={step}>
          {say(title)}
        </option>
      ))}
    </select>
  );
}

/** What the move sets off at once: to how many a mail goes out. */
function Effect(props: { found: MovePreview | null; error: ApiError | null; again: () => void; perHour: number | null }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const paused = useEditor((state) => state.view?.paused ?? false);
  const { found, perHour } = props;
  if (props.error) return <ErrorNote error={props.error} retry={props.again} />;
  if (!found) return <Loading />;
  const mails = sum(found.due_now.map((one) => (one.mail ? one.people : 0)));
  const others = found.due_now.filter((one) => !one.mail);
  const n = formatNumber(mails, language);
  const one = mails === 1 ? "_one" : "";
  const when = paused ? "paused" : "now";
  const time = perHour === null ? "" : roughly(Math.max(mails / perHour, 1 / 60) * HOUR_MS, language);
  return (
    <Note tone={mails ? "warning" : "info"}>
      {mails === 0 && t("no_mails")}
      {mails > 0 && (perHour === null ? t(`mails_${when}${one}`, { n }) : t("mails_slowly", { n, time }))}
      {others.map((act) => (
        <div key={act.step}>
          {t(act.people === 1 ? "acts_one" : "acts", { step: say(act.title), n: formatNumber(act.people, language) })}
        </div>
      ))}
    </Note>
  );
}

function Slowly(props: { answers: Answers; change: (patch: Partial<Answers>) => void; problem?: string }) {
  const t = useTexts(texts);
  const { answers, change, problem } = props;
  return (
    <>
      <label className="ma-check-line">
        <input
          type="checkbox"
          checked={answers.slowly}
          onChange={(event) => {
            change({ slowly: event.target.checked });
          }}
        />
        {t("slowly")}
      </label>
      {answers.slowly && (
        <Field label={t("slowly_about")} {...(problem ? { problem } : {})}>
          {(ids) => (
            <input
              {...ids}
              className="ma-input ma-input-number"
              inputMode="numeric"
              value={answers.perHour}
              onChange={(event) => {
                change({ perHour: event.target.value.normalize("NFKC").trim() });
              }}
            />
          )}
        </Field>
      )}
    </>
  );
}

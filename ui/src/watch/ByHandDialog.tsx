// Moving people to another step, or out of the journey, by hand: never without a reason, never without the number.
import { useState, type SyntheticEvent } from "react";
import { api, ApiError } from "../api/client";
import type { Said } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { stepsById } from "../journey/derived";
import { stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Field } from "../shell/Field";
import { ErrorNote } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { texts } from "./texts";
import type { Chosen, PeopleDone } from "./types";

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
  const missing = missingIn(act, answers);
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
    const per_hour = answers.slowly ? Number(answers.perHour) : null;
    const body = act === "move" ? { people, to: answers.to, reason, per_hour } : { people, reason };
    try {
      const { people: n } = await api.post<PeopleDone>(`journeys/${encodeURIComponent(key)}/${act}`, body);
      const said = n === 0 ? "done_none" : act === "move" ? (n === 1 ? "moved_one" : "moved") : n === 1 ? "removed_one" : "removed";
      toast(n === 0 ? "info" : "good", t(said, { n: formatNumber(n, language) }));
      done();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setBusy(false);
    }
  };
  const n = formatNumber(number, language);
  return (
    <form className="ma-by-hand" noValidate onSubmit={(event) => void submit(event)}>
      <Whom doing={doing} />
      <p>{t(`${act}_about`)}</p>
      {act === "move" && (
        <Field label={t("to")} {...say("to")}>
          {(ids) => (
            <Targets
              ids={ids}
              from={doing.from}
              value={answers.to}
              onChange={(to) => {
                change({ to });
              }}
            />
          )}
        </Field>
      )}
      <Field label={t("reason")} help={t("reason_help")} {...say("reason")}>
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
      {act === "move" && number > 1 && <Slowly answers={answers} change={change} {...say("perHour")} />}
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        <Button type="submit" look={act === "move" ? "primary" : "danger"} disabled={busy}>
          {t(number === 1 ? `do_${act}_one` : `do_${act}`, { n })}
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
  const step = useEditor((state) => {
    const found = stepsById(state.document).get(from);
    return found ? stepTitle(found, state.catalogue, say) : from;
  });
  const n = formatNumber(number, language);
  if (people.contacts) return <p>{t(number === 1 ? "whom_chosen_one" : "whom_chosen", { n, step })}</p>;
  return <p>{people.hold === null ? t("whom_all", { n, step }) : t("whom_held", { n, step, why: say(doing.why) })}</p>;
}

/** The steps that somebody may be moved to: none by which one only enters. */
function Targets(props: { ids: object; from: string; value: string; onChange: (step: string) => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  const steps = document.steps.filter((step) => step.id !== props.from && !catalogue.get(step.kind)?.is_entry);
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
      {steps.map((step) => (
        <option key={step.id} value={step.id}>
          {stepTitle(step, catalogue, say)}
        </option>
      ))}
    </select>
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

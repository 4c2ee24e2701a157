// Moving people to another step or out of the journey, or to the newest version, by hand: never without a reason or the number.
import { useState, type SyntheticEvent } from "react";
import { api, ApiError } from "../api/client";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Field } from "../shell/Field";
import { ErrorNote, Note } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { bodyOf, doneWord, missingIn, useContinuePreview, useMovePreview, type Answers, type ByHand } from "./byHand";
import { Effect, Slowly, Targets, Whom } from "./ByHandParts";
import { sum } from "./numbers";
import { texts } from "./texts";
import type { PeopleDone } from "./types";

/** From so many on it is worth asking whether they go on all at once. */
const MANY = 50;

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

function Ask({ doing, close, done }: Props & { doing: ByHand }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const key = useEditor((state) => state.document.key);
  const [answers, setAnswers] = useState<Answers>({ to: "", reason: "", slowly: false, perHour: "1000" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const { act, number } = doing;
  const places = useMovePreview(key, doing, null);
  const move = useMovePreview(key, doing, answers.to || null);
  const newest = useContinuePreview(key, doing);
  const effect = act === "continue" ? newest : move;
  const known = effect.data ?? places.data;
  const impossible = act === "continue" && newest.error !== null;
  const there = known?.people ?? number;
  const crowd = sum((effect.data?.due_now ?? []).map((one) => one.people));
  const slowly = answers.slowly && crowd >= MANY;
  const missing = missingIn(act, { ...answers, slowly });
  const say = (name: keyof typeof missing): { problem?: string } => {
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
    try {
      const body = bodyOf(doing, { ...answers, slowly });
      const { people: n, gone_on } = await api.post<PeopleDone>(`journeys/${encodeURIComponent(key)}/${act}`, body);
      const left = n > 0 && gone_on ? ` ${t(gone_on === 1 ? "gone_on_one" : "gone_on", { n: formatNumber(gone_on, language) })}` : "";
      toast(n === 0 || left ? "info" : "good", t(doneWord(act, n), { n: formatNumber(n, language) }) + left);
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
      <p>{t(`${act}_about`, { version: newest.data?.version ?? "" })}</p>
      {act === "move" && (
        <Field label={t("to")} mark={t("required")} {...say("to")}>
          {(ids) => (
            <Targets
              ids={ids}
              targets={places.data?.targets ?? []}
              value={answers.to}
              onChange={(to) => {
                change({ to });
              }}
            />
          )}
        </Field>
      )}
      {act === "move" && places.error && <ErrorNote error={places.error} retry={places.reload} />}
      {(act === "continue" || (act === "move" && answers.to)) && (
        <Effect found={effect.data} error={effect.error} again={effect.reload} perHour={slowly && !missing.perHour ? Number(answers.perHour) : null} />
      )}
      {crowd >= MANY && <Slowly answers={answers} change={change} {...say("perHour")} />}
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
        <Button type="submit" look={act === "remove" ? "danger" : "primary"} disabled={busy || impossible}>
          {t(there === 1 ? `do_${act}_one` : `do_${act}`, { n })}
        </Button>
      </div>
    </form>
  );
}

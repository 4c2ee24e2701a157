// Before a journey is paused, resumed, closed or put away: what that means for the people in it, in words.
import "./watch.css";
import { useId, useState } from "react";
import { ApiError } from "../api/client";
import { useLoad } from "../api/useLoad";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment, formatNumber } from "../i18n/format";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Field } from "../shell/Field";
import { useMe } from "../shell/me";
import { ErrorNote, Loading, Note } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { askLife, LIFE_LABELS, live, type LifeAct, type LifeAnswers } from "./life";
import { texts } from "./texts";
import type { Life } from "./types";

const DONE: Record<LifeAct, keyof typeof texts> = {
  pause: "paused_now",
  resume: "resumed",
  close: "closed_now",
  reopen: "reopened",
  archive: "archived_now",
  unarchive: "unarchived",
};

interface Props {
  journey: string;
  /** Its title, where it is not plain which one is meant. */
  title?: string;
  close: () => void;
  done: () => void;
  /** Something else has to be done first. */
  instead: (act: LifeAct) => void;
}

export function LifeDialog(props: Props & { act: LifeAct | null }) {
  const t = useTexts(texts);
  const { act } = props;
  return (
    <Dialog title={act ? t(`${act}_title`) : ""} open={act !== null} onClose={props.close}>
      {act && props.title !== undefined && <p className="ma-life-about">{props.title}</p>}
      {act && <Learn key={act} {...props} act={act} />}
    </Dialog>
  );
}

function Learn(props: Props & { act: LifeAct }) {
  const { data, error, reload } = useLoad(`life ${props.journey}`, () => askLife(props.journey));
  if (data) return <Ask {...props} life={data} />;
  return error ? <ErrorNote error={error} retry={reload} /> : <Loading />;
}

function Ask(props: Props & { act: LifeAct; life: Life }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const { act, life, journey, close } = props;
  const [answers, setAnswers] = useState<LifeAnswers>({ reason: "", deadlines: "stood_still", people: "finish" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const change = (patch: Partial<LifeAnswers>) => {
    setAnswers((before) => ({ ...before, ...patch }));
  };
  const goOn = async () => {
    setBusy(true);
    setError(null);
    try {
      await live(journey, act, life, answers);
      toast("good", t(DONE[act]));
      props.done();
      close();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setBusy(false);
    }
  };
  const blocked = act === "archive" && life.inside > 0;
  const ends = act === "close" && answers.people === "leave" && life.inside > 0;
  return (
    <>
      <About act={act} life={life} answers={answers} change={change} />
      {!blocked && (
        <Field label={t("reason_optional")} help={t("reason_help")}>
          {(ids) => (
            <input
              {...ids}
              className="ma-input"
              maxLength={1_000}
              value={answers.reason}
              onChange={(event) => {
                change({ reason: event.target.value });
              }}
            />
          )}
        </Field>
      )}
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        {blocked ? (
          <Button
            look="primary"
            onClick={() => {
              props.instead("close");
            }}
          >
            {t("stop_entries")}
          </Button>
        ) : (
          <Button look={ends ? "danger" : "primary"} disabled={busy} onClick={() => void goOn()}>
            {ends ? t("do_close_leave", { n: formatNumber(life.inside, language) }) : t(LIFE_LABELS[act])}
          </Button>
        )}
      </div>
    </>
  );
}

interface AboutProps {
  act: LifeAct;
  life: Life;
  answers: LifeAnswers;
  change: (patch: Partial<LifeAnswers>) => void;
}

function About(props: AboutProps) {
  const t = useTexts(texts);
  const { language } = useHost();
  const { act, life } = props;
  const inside = formatNumber(life.inside, language);
  switch (act) {
    case "pause":
      return (
        <>
          <p>{t("pause_about")}</p>
          <p>{t("pause_later")}</p>
        </>
      );
    case "resume":
      return <Resuming {...props} />;
    case "close":
      return <Closing {...props} />;
    case "archive":
      if (life.inside === 0) return <p>{t("archive_about")}</p>;
      return (
        <Note tone="warning">{t(life.inside === 1 ? "archive_inside_one" : "archive_inside", { n: inside })}</Note>
      );
    default:
      return <p>{t(`${act}_about`)}</p>;
  }
}

function Resuming({ life, answers, change }: AboutProps) {
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  if (life.paused_at === null) return <p>{t("resume_airflow")}</p>;
  const n = life.waiting_moments;
  const late = n === 0 ? "catch_up_none" : n === 1 ? "catch_up_one" : "catch_up_about";
  return (
    <>
      <p>{t("resume_since", { when: formatMoment(life.paused_at, language, zone) })}</p>
      <Choices
        label={t("resume_how")}
        value={answers.deadlines}
        options={[
          { value: "stood_still", title: t("stood_still"), about: t("stood_still_about") },
          { value: "catch_up", title: t("catch_up"), about: t(late, { n: formatNumber(n, language) }) },
        ]}
        onChange={(deadlines) => {
          change({ deadlines });
        }}
      />
      {life.due > 0 && (
        <Note tone="warning">
          {t(life.due === 1 ? "resume_due_one" : "resume_due", { n: formatNumber(life.due, language) })}
        </Note>
      )}
    </>
  );
}

function Closing({ life, answers, change }: AboutProps) {
  const t = useTexts(texts);
  const { language } = useHost();
  const n = formatNumber(life.inside, language);
  if (life.inside === 0) {
    return (
      <p>
        {t("close_about")} {t("close_nobody")}
      </p>
    );
  }
  return (
    <>
      <p>{t("close_about")}</p>
      <Choices
        label={t(life.inside === 1 ? "close_people_one" : "close_people", { n })}
        value={answers.people}
        options={[
          { value: "finish", title: t("finish"), about: t("finish_about") },
          { value: "leave", title: t("leave"), about: t("leave_about") },
        ]}
        onChange={(people) => {
          change({ people });
        }}
      />
    </>
  );
}

function Choices<Value extends string>(props: {
  label: string;
  value: Value;
  options: { value: Value; title: string; about: string }[];
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="ma-life-choices">
      <legend>{props.label}</legend>
      {props.options.map((one) => (
        <label key={one.value} className="ma-life-choice">
          <input
            type="radio"
            name={name}
            aria-describedby={`${name}-${one.value}`}
            checked={props.value === one.value}
            onChange={() => {
              props.onChange(one.value);
            }}
          />
          <span>
            {one.title}
            <small id={`${name}-${one.value}`}>{one.about}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

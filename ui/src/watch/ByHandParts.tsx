// What the dialogs about moving people are made of: whom, where to, what it sets off, how fast.
import type { ApiError } from "../api/client";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Field } from "../shell/Field";
import { ErrorNote, Loading, Note } from "../shell/Notes";
import type { Answers, ByHand } from "./byHand";
import { useStepTitle } from "./names";
import { sum } from "./numbers";
import { texts } from "./texts";
import type { Foreseen, MovePreview } from "./types";
import { roughly } from "./words";

const HOUR_MS = 3_600_000;

export function Whom({ doing }: { doing: ByHand }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const { people, number, from } = doing;
  const step = useStepTitle(from) ?? from;
  const n = formatNumber(number, language);
  if (people.contacts || people.pinned) {
    const who = people.contacts ? (people.pinned ? "whom_chosen_pinned" : "whom_chosen") : "whom_pinned";
    return <p>{t(number === 1 ? `${who}_one` : who, { n, step })}</p>;
  }
  return <p>{people.hold === null ? t("whom_all", { n, step }) : t("whom_held", { n, step, why: say(doing.why) })}</p>;
}

/** The steps of the version that runs to which they may be moved. */
export function Targets(props: {
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
export function Effect(props: { found: Foreseen | null; error: ApiError | null; again: () => void; perHour: number | null }) {
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

export function Slowly(props: { answers: Answers; change: (patch: Partial<Answers>) => void; problem?: string }) {
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
        <Field label={t("slowly_about")} help={t("slowly_stop")} {...(problem ? { problem } : {})}>
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

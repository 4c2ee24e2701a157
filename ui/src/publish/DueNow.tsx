// The mails that publishing would send at once, as one clear number, and how to spread them.
import { useId } from "react";
import type { DueNow as Due } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { howLong, limitOf, mailsAtOnce } from "./rules";
import { texts } from "./texts";

export interface Limit {
  on: boolean;
  typed: string;
}

export function DueNow(props: { due: readonly Due[]; limit: Limit; onLimit: (limit: Limit) => void }) {
  const t = useTexts(texts);
  const total = mailsAtOnce(props.due);
  if (!total && !props.limit.on) return <p className="ma-muted">{t("due_none")}</p>;
  const perHour = props.limit.on ? limitOf(props.limit.typed) : null;
  return (
    <>
      {total ? <Mails due={props.due} perHour={perHour} /> : <p className="ma-muted">{t("due_none")}</p>}
      <Spread {...props} total={total} />
    </>
  );
}

/** The same for who is only to look. */
export function DueAsAsked({ due, perHour }: { due: readonly Due[]; perHour: number | null }) {
  const t = useTexts(texts);
  if (!mailsAtOnce(due)) return <p className="ma-muted">{t("due_none")}</p>;
  return <Mails due={due} perHour={perHour} />;
}

function Mails({ due, perHour }: { due: readonly Due[]; perHour: number | null }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const total = mailsAtOnce(due);
  const time = perHour === null ? null : howLong(total, perHour);
  return (
    <div className={`ma-due ${time ? "ma-due-slow" : ""}`}>
      <p className="ma-due-total">
        <span>
          <b>{formatNumber(total, language)}</b> {t("unit_mails")}
        </span>
        {time && perHour !== null ? (
          <>
            <small>{t("due_slow_rate", { n: formatNumber(perHour, language) })}</small>
            <small>{t(`limit_${time.unit}`, { n: time.n })}</small>
          </>
        ) : (
          <small>{t("due_total_about")}</small>
        )}
      </p>
      <ul>
        {due.map((one) => (
          <li key={one.step}>{t("due_one", { title: say(one.title), n: formatNumber(one.people, language) })}</li>
        ))}
      </ul>
    </div>
  );
}

function Spread(props: { total: number; limit: Limit; onLimit: (limit: Limit) => void }) {
  const { total, limit, onLimit } = props;
  const t = useTexts(texts);
  const about = useId();
  const perHour = limitOf(limit.typed);
  const time = perHour === null ? null : howLong(total, perHour);
  return (
    <div className="ma-spread">
      <label className="ma-check">
        <input
          type="checkbox"
          checked={limit.on}
          onChange={(event) => {
            onLimit({ ...limit, on: event.target.checked });
          }}
        />
        {t("limit")}
      </label>
      {/* Always there, so that nothing moves when it is switched on. */}
      <span className={`ma-spread-rate ${limit.on ? "" : "ma-spread-off"}`}>
        {t("limit_before")}
        <input
          className="ma-input"
          inputMode="numeric"
          aria-label={t("limit_label")}
          aria-describedby={about}
          aria-invalid={limit.on && perHour === null ? true : undefined}
          disabled={!limit.on}
          value={limit.typed}
          onChange={(event) => {
            onLimit({ ...limit, typed: event.target.value });
          }}
        />
        {t("limit_after")}
        <span id={about} className="ma-spread-time">
          {limit.on && (time ? t(`limit_${time.unit}`, { n: time.n }) : t("limit_wrong"))}
        </span>
      </span>
      <small className={`ma-spread-stop ${limit.on ? "" : "ma-spread-off"}`}>{t("limit_stop")}</small>
    </div>
  );
}

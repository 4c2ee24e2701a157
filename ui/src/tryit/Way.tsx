import type { TryMoment } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { byDay } from "./acts";
import { Mail } from "./Mail";
import { StepName } from "./StepName";
import { texts } from "./texts";
import { clock, weekday } from "./time";

const ICONS: Record<string, string> = {
  entered: "flag",
  moved: "arrow",
  mail: "mail",
  alert: "bell",
  left: "check",
  did: "cursor",
};

/** What has happened so far, day by day. */
export function Way({ moments, timezone }: { moments: TryMoment[]; timezone: string }) {
  const t = useTexts(texts);
  const { language } = useHost();
  return (
    <div className="ma-try-way" role="group" aria-label={t("way")}>
      {byDay(moments, timezone).map((day) => (
        <section key={day.number}>
          <h4>
            {t("day", { n: day.number })} <span>{weekday(day.at, language, timezone)}</span>
          </h4>
          <ol>
            {day.moments.map((moment, index) => (
              <Moment key={`${moment.at} ${String(index)}`} moment={moment} timezone={timezone} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Moment({ moment, timezone }: { moment: TryMoment; timezone: string }) {
  const say = useSaid();
  const { language } = useHost();
  const { step } = moment;
  const there = useEditor((state) => step !== null && state.document.steps.some((one) => one.id === step));
  const select = useEditor((state) => state.select);
  return (
    <li className={`ma-try-moment ma-try-moment-${moment.what}`}>
      <Icon name={ICONS[moment.what] ?? moment.what} size={14} />
      <time dateTime={moment.at}>{clock(moment.at, language, timezone)}</time>
      <div>
        {there && step !== null ? (
          <button
            type="button"
            className="ma-try-link"
            onClick={() => {
              select([step]);
            }}
          >
            {say(moment.title)}
          </button>
        ) : (
          <span>{say(moment.title)}</span>
        )}
        {moment.what === "did" && step !== null && <StepName id={step} />}
        {moment.mail && <Mail mail={moment.mail} />}
      </div>
    </li>
  );
}

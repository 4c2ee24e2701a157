import type { Standing } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { Link } from "../shell/route";
import { texts } from "./texts";

/** Every step where the person is now, and what they wait for. */
export function StandingList(props: { standing: Standing[] }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  return (
    <section>
      <h2 className="ma-section-title ma-first-title">{t("standing")}</h2>
      {props.standing.length === 0 && <p className="ma-muted">{t("standing_none")}</p>}
      {props.standing.map((one) => (
        <article key={`${one.journey} ${one.step}`} className="ma-box ma-standing">
          <Icon name="clock" size={20} />
          <div>
            <b>{say(one.waits_for)}</b>
            <span className="ma-under">
              <Link to={["journeys", one.journey]} className="ma-anchor">
                {one.journey_title}
              </Link>{" "}
              › {say(one.step_title)}
            </span>
            <span className="ma-under">
              {t("since", { time: formatMoment(one.since, language, zone) })}
              {one.until && <> · {t("until", { time: formatMoment(one.until, language, zone) })}</>}
            </span>
          </div>
        </article>
      ))}
    </section>
  );
}

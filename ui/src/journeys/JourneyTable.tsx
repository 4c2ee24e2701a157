import type { JourneySummary } from "../api/types";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatAgo, formatMoment, formatNumber } from "../i18n/format";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { installationNow } from "../shell/now";
import { Link } from "../shell/route";
import { RowMenu } from "./RowMenu";
import { Sparkline } from "./Sparkline";
import { JourneyBadges } from "./StateBadge";
import { texts } from "./texts";

export function JourneyTable(props: { journeys: JourneySummary[]; reload: () => void }) {
  const t = useTexts(texts);
  const now = installationNow();
  return (
    <div className="ma-table-box">
      <table className="ma-table ma-table-stack ma-journeys">
        <thead>
          <tr>
            <th scope="col">{t("journey")}</th>
            <th scope="col" className="ma-num">
              {t("active")}
            </th>
            <th scope="col" className="ma-num">
              {t("entered")}
            </th>
            <th scope="col" className="ma-num">
              {t("converted")}
            </th>
            <th scope="col">{t("days")}</th>
            <th scope="col">{t("last_change")}</th>
            <th scope="col">
              <span className="ma-hidden">{t("menu")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.journeys.map((journey) => (
            <Row key={journey.key} journey={journey} now={now} reload={props.reload} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: { journey: JourneySummary; now: string; reload: () => void }) {
  const { journey } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const waiting = journey.waiting_mails;
  const noGoal = journey.may_edit ? "no_goal" : journey.state === "git" ? "no_goal_git" : "no_goal_elsewhere";
  return (
    <tr>
      <td>
        <div className="ma-journey-title">
          <Link to={["journeys", journey.key]} className="ma-strong-link ma-two-lines" title={journey.title}>
            {journey.title}
          </Link>
          <JourneyBadges state={journey.state} paused={journey.paused} life={journey.life} />
        </div>
        <span className="ma-under">
          {t(journey.mode)} · {t("steps", { n: journey.steps })}
          {waiting > 0 && (
            <Link to={["sending"]} className="ma-journey-waits">
              <Icon name="clock" size={13} />
              {waiting === 1 ? t("waiting_one") : t("waiting", { n: formatNumber(waiting, language) })}
            </Link>
          )}
        </span>
      </td>
      <td className="ma-num" data-label={t("active")}>
        {formatNumber(journey.active, language)}
      </td>
      <td className="ma-num" data-label={t("entered")}>
        {formatNumber(journey.entered_week, language)}
      </td>
      <td className="ma-num" data-label={t("converted")}>
        {journey.converted_week === null ? (
          <span className="ma-muted" title={t(noGoal)}>
            <span aria-hidden>–</span>
            <span className="ma-hidden">{t(noGoal)}</span>
          </span>
        ) : (
          formatNumber(journey.converted_week, language)
        )}
      </td>
      <td data-label={t("days")}>
        <Sparkline days={journey.entered_by_day} />
      </td>
      <td data-label={t("last_change")} className="ma-journey-changed">
        <time dateTime={journey.changed_at} title={formatMoment(journey.changed_at, language, zone)}>
          {formatAgo(journey.changed_at, props.now, language)}
        </time>
        {journey.changed_by && <span className="ma-under">{t("by", { name: journey.changed_by })}</span>}
      </td>
      <td className="ma-journey-menu">
        <RowMenu journey={journey} onChanged={props.reload} />
      </td>
    </tr>
  );
}

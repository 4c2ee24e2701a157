// Whether all is well: what needs somebody first, with what to do; what is fine below, in a line each.
import "../shell/pages.css";
import "./health.css";
import { api } from "../api/client";
import { useLoad } from "../api/useLoad";
import type { HealthCheck, HealthState } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Icon } from "../shell/Icon";
import { LoadProblem } from "../shell/LoadProblem";
import { useMe } from "../shell/me";
import { ErrorNote, Loading } from "../shell/Notes";
import { Link } from "../shell/route";
import { texts } from "./texts";
import { ICONS, parted, shareLimit } from "./told";

const EVERY_MS = 15_000;

export function HealthPage() {
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((one) => one.me?.timezone);
  const { data, error, reload } = useLoad("health", () => api.get<HealthState>("health"), EVERY_MS);
  if (!data) return error ? <LoadProblem error={error} retry={reload} /> : <Loading />;
  const { troubles, fine } = parted(data.checks);
  return (
    <div className="ma-page-inner ma-health">
      <div className="ma-page-head">
        <h1>{t("title")}</h1>
        <span className="ma-page-head-end ma-muted">{t("as_of", { time: formatMoment(data.at, language, zone) })}</span>
      </div>
      {error && <ErrorNote error={error} retry={reload} />}
      <div className={`ma-health-sum ma-health-${data.state}`} role="status">
        <Icon name={ICONS[data.state]} size={28} />
        <div>
          <strong>{t(`all_${data.state}`)}</strong>
          <p>{t(troubles.length ? "about_trouble" : "about_good")}</p>
        </div>
      </div>
      {troubles.map((check) => (
        <Trouble key={check.id} check={check} />
      ))}
      <h2 className="ma-section-title">{t("fine")}</h2>
      <ul className="ma-box ma-health-fine">
        {fine.map((check) => (
          <Fine key={check.id} check={check} />
        ))}
      </ul>
    </div>
  );
}

function Trouble(props: { check: HealthCheck }) {
  const { check } = props;
  const t = useTexts(texts);
  const say = useSaid();
  return (
    <article className={`ma-box ma-trouble ma-health-${check.state}`}>
      <h3>
        <Icon name={ICONS[check.state]} />
        {say(check.title)}
        <span className={`ma-badge ${check.state === "bad" ? "ma-badge-danger" : "ma-badge-warning"}`}>
          {t(`state_${check.state}`)}
        </span>
      </h3>
      <p>
        {say(check.said)} <Limit check={check} />
      </p>
      {check.advice && (
        <p className="ma-trouble-advice">
          <b>{t("do")}</b>
          {say(check.advice)}
        </p>
      )}
      {check.journey !== null && (
        <Link to={["journeys", check.journey]} className="ma-anchor">
          {t("to_journey")}
        </Link>
      )}
      {check.page && (
        <Link to={[check.page]} className="ma-anchor">
          {t(`to_${check.page}`)}
        </Link>
      )}
    </article>
  );
}

function Fine(props: { check: HealthCheck }) {
  const t = useTexts(texts);
  const say = useSaid();
  return (
    <li>
      <Icon name={ICONS.good} title={t("state_good")} />
      <span className="ma-fine-title">{say(props.check.title)}</span>
      <span className="ma-muted">
        {say(props.check.said)} <Limit check={props.check} />
      </span>
    </li>
  );
}

function Limit(props: { check: HealthCheck }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const limit = shareLimit(props.check, language);
  return limit && <span className="ma-small ma-muted">({t("limit", { limit })})</span>;
}

import type { JourneyState } from "../api/types";
import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import type { LifeMoments } from "../watch/types";
import { texts } from "./texts";

const LOOKS: Record<JourneyState, [string, string]> = {
  draft: ["", "pencil"],
  live: ["ma-badge-good", "play"],
  changed: ["ma-badge-warning", "pencil"],
  git: ["ma-badge-accent", "code"],
};

/** That Airflow runs it no more for now, whatever its state. */
function PausedBadge() {
  const t = useTexts(texts);
  return (
    <span className="ma-badge ma-badge-warning" title={t("paused_about")}>
      <Icon name="clock" size={12} />
      {t("paused")}
    </span>
  );
}

/** That it takes nobody in any more. */
function ClosedBadge() {
  const t = useTexts(texts);
  return (
    <span className="ma-badge" title={t("closed_about")}>
      <Icon name="minus" size={12} />
      {t("closed")}
    </span>
  );
}

/** That it was put away. */
function ArchivedBadge() {
  const t = useTexts(texts);
  return (
    <span className="ma-badge" title={t("archived_about")}>
      <Icon name="download" size={12} />
      {t("archived")}
    </span>
  );
}

/** All of a journey: one that stands still is not called live. */
export function JourneyBadges(props: { state: JourneyState; paused: boolean; life: LifeMoments | null }) {
  const { state, paused, life } = props;
  if (life && life.archived_at !== null) return <ArchivedBadge />;
  return (
    <>
      {(state !== "live" || !paused) && <StateBadge state={state} />}
      {paused && <PausedBadge />}
      {life && life.closed_at !== null && <ClosedBadge />}
    </>
  );
}

function StateBadge(props: { state: JourneyState }) {
  const t = useTexts(texts);
  const [tone, icon] = LOOKS[props.state];
  return (
    <span className={`ma-badge ${tone}`} title={t(`${props.state}_about`)}>
      <Icon name={icon} size={12} />
      {t(props.state)}
    </span>
  );
}

import type { JourneyState } from "../api/types";
import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

const LOOKS: Record<JourneyState, [string, string]> = {
  draft: ["", "pencil"],
  live: ["ma-badge-good", "play"],
  changed: ["ma-badge-warning", "pencil"],
  git: ["ma-badge-accent", "code"],
};

export function StateBadge(props: { state: JourneyState }) {
  const t = useTexts(texts);
  const [tone, icon] = LOOKS[props.state];
  return (
    <span className={`ma-badge ${tone}`} title={t(`${props.state}_about`)}>
      <Icon name={icon} size={12} />
      {t(props.state)}
    </span>
  );
}

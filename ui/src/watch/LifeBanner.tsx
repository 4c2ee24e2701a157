import { useCanvas } from "../canvas/canvasStore";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { LIFE_LABELS, type LifeAct } from "./life";
import { texts } from "./texts";

/** That a journey stands still, takes nobody in, or was put away; and the button that ends that. */
export function LifeBanner() {
  const paused = useEditor((state) => state.view?.paused ?? false);
  const life = useEditor((state) => state.view?.life ?? null);
  if (!life) return null;
  if (life.archived_at !== null) return <Line text="banner_archived" at={life.archived_at} act="unarchive" />;
  return (
    <>
      {paused && <Line text={life.paused_at === null ? "banner_airflow" : "banner_paused"} at={life.paused_at} act="resume" />}
      {life.closed_at !== null && <Line text="banner_closed" at={life.closed_at} act="reopen" />}
    </>
  );
}

function Line(props: { text: keyof typeof texts; at: string | null; act: LifeAct }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const may = useEditor((state) => (state.view?.may_see_contacts ?? false) && !state.embedded);
  const when = props.at === null ? "" : formatMoment(props.at, language, zone);
  return (
    <div className="ma-life-banner" role="status">
      <Icon name={props.act === "resume" ? "clock" : "info"} size={16} />
      <span>{t(props.text, { when })}</span>
      {may && (
        <Button
          small
          onClick={() => {
            useCanvas.setState({ asking: props.act });
          }}
        >
          {t(LIFE_LABELS[props.act])}
        </Button>
      )}
    </div>
  );
}

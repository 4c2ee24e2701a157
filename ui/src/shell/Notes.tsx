// What a page shows instead of, or above, its content: loading, an error, nothing there yet.
import type { ReactNode } from "react";
import type { ApiError } from "../api/client";
import { useSaid, useTexts } from "../i18n/define";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { texts } from "./texts";

export function Loading() {
  const t = useTexts(texts);
  return (
    <div className="ma-loading" role="status">
      <span className="ma-spinner" aria-hidden />
      {t("loading")}
    </div>
  );
}

export function Note(props: { tone: "danger" | "warning" | "good" | "info"; children: ReactNode; end?: ReactNode }) {
  const icon = { danger: "error", warning: "warning", good: "check", info: "info" }[props.tone];
  return (
    <div className={`ma-note ma-note-${props.tone}`} role={props.tone === "danger" ? "alert" : "status"}>
      <Icon name={icon} />
      <div>{props.children}</div>
      {props.end && <div className="ma-note-end">{props.end}</div>}
    </div>
  );
}

export function ErrorNote(props: { error: ApiError; retry?: () => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const again = props.retry && (
    <Button small onClick={props.retry}>
      {t("retry")}
    </Button>
  );
  return (
    <Note tone="danger" end={again}>
      {say(props.error.said)}
    </Note>
  );
}

/** Nothing there yet: says what will be here and offers the first step. */
export function Empty(props: { icon: string; title: string; children?: ReactNode }) {
  return (
    <div className="ma-empty">
      <Icon name={props.icon} size={40} />
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

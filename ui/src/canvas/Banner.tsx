import { useState } from "react";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { duplicate } from "./duplicate";
import { texts } from "./texts";

/** Why a journey can only be looked at, and what can be done instead. */
export function Banner() {
  const t = useTexts(texts);
  const readOnly = useEditor((state) => state.readOnly);
  const state = useEditor((editor) => editor.view?.state);
  const source = useEditor((editor) => editor.view?.source ?? null);
  const mayCreate = useMe((editor) => editor.me?.may_create ?? false);
  if (!readOnly || !state) return null;
  return (
    <div className="ma-banner" role="status">
      <Icon name={state === "git" ? "code" : "eye"} />
      <span>
        {t(state === "git" ? "git_banner" : "viewer_banner")} {source !== null && <code>{source}</code>}
      </span>
      {mayCreate && <CopyAsNew />}
    </div>
  );
}

function CopyAsNew() {
  const t = useTexts(texts);
  const [busy, setBusy] = useState(false);
  const copy = async () => {
    setBusy(true);
    await duplicate();
    setBusy(false);
  };
  return (
    <Button small icon="copy" disabled={busy} onClick={() => void copy()}>
      {t("copy_as_new")}
    </Button>
  );
}

/** Work that could not be saved before a login: its author decides. */
export function RescueBanner() {
  const t = useTexts(texts);
  const waiting = useEditor((state) => state.rescued !== null);
  if (!waiting) return null;
  const { bringBack, throwAway } = useEditor.getState();
  return (
    <div className="ma-banner ma-banner-warning" role="alert">
      <Icon name="warning" />
      <span>{t("rescued")}</span>
      <span className="ma-banner-end">
        <Button small look="primary" icon="undo" onClick={bringBack}>
          {t("rescued_back")}
        </Button>
        <Button small onClick={throwAway}>
          {t("rescued_away")}
        </Button>
      </span>
    </div>
  );
}

import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { JourneyView, NewJourney } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { go } from "../shell/route";
import { toast } from "../shell/toasts";
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
  const say = useSaid();
  const { language } = useHost();
  const [busy, setBusy] = useState(false);
  const copy = async () => {
    const { document, layout } = useEditor.getState();
    const body: NewJourney & { language: string } = {
      title: t("copy_of", { title: document.title }),
      document,
      layout,
      language,
    };
    setBusy(true);
    try {
      const made = await api.post<JourneyView>("journeys", body);
      go("journeys", made.document.key);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      toast("danger", say(problem.said));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button small icon="copy" disabled={busy} onClick={() => void copy()}>
      {t("copy_as_new")}
    </Button>
  );
}

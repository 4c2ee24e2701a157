import { useState } from "react";
import { api, ApiError } from "../api/client";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { toast } from "../shell/toasts";
import { texts } from "./texts";
import type { Pause } from "./types";

/** Why nothing goes out over a connection, what waits for it, and how it goes on. */
export function PausedConnection(props: { pause: Pause; since: string; mails: number; onResumed: () => void }) {
  const { pause, since, mails, onResumed } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const [busy, setBusy] = useState(false);

  const resume = async () => {
    setBusy(true);
    try {
      await api.post(`sending/connections/${encodeURIComponent(pause.conn_id)}/resume`, {});
      onResumed();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      toast("danger", say(problem.said));
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="ma-paused" role="alert">
      <h2>
        <Icon name="error" />
        {t("paused_title", { conn_id: pause.conn_id })}
      </h2>
      <p className="ma-paused-cause">{say(pause.reason)}</p>
      <p>
        {t("paused_since", { time: since })}{" "}
        {mails ? t("paused_mails", { n: formatNumber(mails, language) }) : t("paused_none")}
      </p>
      <p>{pause.may_resume ? t("paused_hint") : t("resume_who")}</p>
      {pause.may_resume && (
        <Button look="primary" icon="play" disabled={busy} onClick={() => void resume()}>
          {t("resume")}
        </Button>
      )}
    </section>
  );
}

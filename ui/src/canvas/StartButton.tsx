// Starting a journey that goes once: a run of its DAG, with everybody who fits now.
import { useState } from "react";
import { startRun } from "../api/airflow";
import { api, ApiError } from "../api/client";
import type { AudienceCount, Json } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { ErrorNote, Note } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { texts } from "./texts";

export function StartButton() {
  const t = useTexts(texts);
  const [open, setOpen] = useState(false);
  const can = useEditor(
    ({ view }) => view?.document.mode === "one_off" && view.dag_path !== null && view.may_see_contacts,
  );
  if (!can) return null;
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <Button
        icon="play"
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("start")}
      </Button>
      <Dialog title={t("start_title")} open={open} onClose={close}>
        <Ask close={close} />
      </Dialog>
    </>
  );
}

/** The condition of the step that lets people in, whatever its kind calls it; null: everybody. */
function condition(): Json {
  const { view, catalogue } = useEditor.getState();
  for (const step of view?.document.steps ?? []) {
    const kind = catalogue.get(step.kind);
    const field = kind?.is_entry ? kind.settings.find((one) => one.widget === "condition") : undefined;
    if (field) return step.settings[field.name] ?? null;
  }
  return null;
}

function Ask({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const key = useEditor((state) => state.document.key);
  const changed = useEditor((state) => state.view?.state === "changed");
  const { data } = useLoad(key, () => api.post<AudienceCount>("audience", { where: condition() }));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      await startRun(key);
      toast("good", t("started"));
      close();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p>{t("start_about")}</p>
      {data && (
        <p>
          <strong>
            {t("start_people", { n: formatNumber(data.count, language), m: formatNumber(data.mailable, language) })}
          </strong>
        </p>
      )}
      {changed && <Note tone="warning">{t("start_changed")}</Note>}
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        <Button look="primary" icon="play" disabled={busy} onClick={() => void start()}>
          {busy ? t("starting") : t("start")}
        </Button>
      </div>
    </>
  );
}

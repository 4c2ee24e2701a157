// Starting a journey that goes once: a run of its DAG, with everybody who fits now.
import { useState } from "react";
import { startRun } from "../api/airflow";
import { ApiError } from "../api/client";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { ErrorNote, Note } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { Audience } from "./Audience";
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

function Ask({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const key = useEditor((state) => state.document.key);
  const running = useEditor((state) => state.view?.document);
  const changed = useEditor((state) => state.view?.state === "changed");
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
      {running && <Audience document={running} />}
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

// Starting a journey that goes once: a run of its DAG, with everybody who fits now.
import { useState } from "react";
import { startRun } from "../api/airflow";
import { ApiError } from "../api/client";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { ErrorNote, Note } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { Audience } from "./Audience";
import { airflowPage } from "./links";
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
  const above = useMe((state) => state.me?.approval_above ?? null);
  const [run, setRun] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      const started = await startRun(key);
      if (above === null) {
        toast("good", t("started"));
        close();
      } else setRun(started);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  if (run !== null && above !== null) return <Waits run={run} above={above} close={close} />;
  return (
    <>
      <p>{t("start_about")}</p>
      {running && <Audience document={running} />}
      {changed && <Note tone="warning">{t("start_changed")}</Note>}
      {above !== null && <Asks above={above} always="start_asks" many="start_asks_above" />}
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

/** It has been started, and Airflow asks a second person. */
function Waits(props: { run: string; above: number; close: () => void }) {
  const t = useTexts(texts);
  const key = useEditor((state) => state.document.key);
  return (
    <>
      <p>{t("started")}</p>
      <Asks above={props.above} always="start_waits" many="start_waits_above" />
      <div className="ma-dialog-actions">
        <a className="ma-button" href={airflowPage(`dags/${encodeURIComponent(key)}/runs/${encodeURIComponent(props.run)}`)}>
          <Icon name="arrow" size={16} />
          {t("start_open_run")}
        </a>
        <Button look="primary" onClick={props.close}>
          {t("close")}
        </Button>
      </div>
    </>
  );
}

/** What is asked of a second person: at every start, or when more people than that would enter. */
function Asks(props: { above: number; always: keyof typeof texts; many: keyof typeof texts }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const always = props.above < 0;
  return <Note tone="info">{always ? t(props.always) : t(props.many, { n: formatNumber(props.above, language) })}</Note>;
}

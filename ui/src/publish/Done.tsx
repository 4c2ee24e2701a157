// After publishing: that it is live, with the wait for Airflow's DAG; or that somebody was asked.
import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { JourneyView, Published } from "../api/types";
import { airflowPage } from "../canvas/links";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { Note } from "../shell/Notes";
import { journeyPath } from "./paths";
import { texts } from "./texts";

const POLL_MS = 2_000;
const POLLS = 45;
const MOVED = ["moved", "adopted", "finish", "left", "rest"] as const;

export function Live({ published, close }: { published: Published; close: () => void }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const dagPath = useEditor((state) => state.view?.dag_path ?? null);
  const late = useWaitForDag(dagPath !== null);
  const once = useEditor((state) => state.document.mode === "one_off");
  const { moved, paused } = published;
  const version = published.version ?? 0;
  const done = MOVED.filter((one) => moved[one] > 0);
  return (
    <>
      <Note tone={paused ? "warning" : "good"}>
        <p>{t(paused ? "live_paused" : "live_version", { n: version })}</p>
        {done.map((one) => (
          <p key={one}>{t(`live_${one}`, { n: formatNumber(moved[one], language) })}</p>
        ))}
        {published.already && <p>{t("live_already")}</p>}
        {!published.already && !done.length && version > 1 && !once && <p>{t("live_nobody")}</p>}
      </Note>
      {dagPath === null && <p className="ma-publish-wait" role="status">{late ? t("live_late") : t("live_waiting")}</p>}
      <div className="ma-dialog-actions">
        {dagPath !== null && (
          <a className="ma-button" href={airflowPage(dagPath)}>
            <Icon name="arrow" size={16} />
            {t("open_dag")}
          </a>
        )}
        <Button look="primary" onClick={close}>
          {t("close")}
        </Button>
      </div>
    </>
  );
}

/** Asks until Airflow knows the DAG; true when that takes long. */
function useWaitForDag(found: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (found) return;
    let polls = 0;
    const timer = setInterval(() => {
      polls += 1;
      if (polls >= POLLS) {
        clearInterval(timer);
        setLate(true);
      }
      api.get<JourneyView>(journeyPath(useEditor.getState().document.key)).then(
        ({ dag_path }) => {
          useEditor.setState((state) => ({ view: state.view && { ...state.view, dag_path } }));
        },
        () => {
          // Asked again in a moment; what was published is published.
        },
      );
    }, POLL_MS);
    return () => {
      clearInterval(timer);
    };
  }, [found]);
  return late;
}

export function Asked({ close }: { close: () => void }) {
  const t = useTexts(texts);
  return (
    <>
      <p>{t("asked_about")}</p>
      <div className="ma-dialog-actions">
        <Button look="primary" onClick={close}>
          {t("close")}
        </Button>
      </div>
    </>
  );
}

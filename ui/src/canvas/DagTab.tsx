import "../shell/theme.css";
import "../shell/shell.css";
import "./canvas.css";
import "./page.css";
import { useEffect } from "react";
import { useKnown } from "../forms/known";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { ErrorBoundary } from "../shell/ErrorBoundary";
import { Icon } from "../shell/Icon";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { Canvas } from "./Canvas";
import { builderPage } from "./links";
import { texts } from "./texts";
import { useOpen } from "./useOpen";

/** The journey on Airflow's own pages of a DAG, a run or a task: to look at, with people where they stand. */
export function DagTab(props: { dagId: string; taskId?: string }) {
  const { dark, language } = useHost();
  return (
    <div className={`ma-root ma-tab-page ${dark ? "ma-dark" : ""}`} lang={language}>
      <ErrorBoundary place={props.dagId}>
        <Journey {...props} />
      </ErrorBoundary>
    </div>
  );
}

function Journey({ dagId, taskId }: { dagId: string; taskId?: string }) {
  const t = useTexts(texts);
  const { ready, error, retry } = useOpen(dagId, true);
  const title = useEditor((state) => state.document.title);
  useKnown("templates");
  useKnown("vocabulary");
  useEffect(() => {
    if (ready) useEditor.getState().select(taskId === undefined ? [] : [taskId]);
  }, [ready, taskId]);
  if (error?.status === 404) return <Empty icon="flag" title={t("not_a_journey")} />;
  if (error && !ready) return <ErrorNote error={error} retry={retry} />;
  if (!ready) return <Loading />;
  return (
    <>
      <header className="ma-top">
        <h2 className="ma-top-title">{title}</h2>
        <span className="ma-top-space" />
        <a className="ma-button" href={builderPage(dagId)}>
          <Icon name="pencil" size={16} />
          {t("open_builder")}
        </a>
      </header>
      <div className="ma-stage">
        <Canvas />
      </div>
    </>
  );
}

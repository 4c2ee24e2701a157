import "../shell/theme.css";
import "../shell/shell.css";
import "./canvas.css";
import "./page.css";
import { Tooltip } from "radix-ui";
import { useEffect } from "react";
import { useKnown } from "../forms/known";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { ErrorBoundary } from "../shell/ErrorBoundary";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { ToastList } from "../shell/toasts";
import { LifeBanner } from "../watch/LifeBanner";
import { PeoplePanel } from "../watch/PeoplePanel";
import { pointTo, useWatching } from "../watch/useWatching";
import { WatchBar } from "../watch/WatchBar";
import { Canvas } from "./Canvas";
import { useCanvas } from "./canvasStore";
import { builderPage } from "./links";
import { texts } from "./texts";
import { useOpen } from "./useOpen";
import { useVersionShown } from "./useVersionShown";

interface Props {
  dagId: string;
  runId?: string;
  taskId?: string;
}

/** The journey on Airflow's own pages of a DAG, a run or a task: to look at, with people where they stand. */
export function DagTab(props: Props) {
  const { dark, language } = useHost();
  return (
    <div className={`ma-root ma-tab-page ${dark ? "ma-dark" : ""}`} lang={language}>
      <ErrorBoundary place={props.dagId}>
        <Journey {...props} />
      </ErrorBoundary>
      <ToastList />
    </div>
  );
}

function Journey({ dagId, runId, taskId }: Props) {
  const t = useTexts(texts);
  const { ready, error, retry } = useOpen(dagId, true);
  const title = useEditor((state) => state.document.title);
  const people = useCanvas((state) => state.tab === "people" && state.sideOpen === true);
  useKnown("templates");
  useKnown("vocabulary");
  useEffect(() => {
    const { me, load } = useMe.getState();
    if (!me) void load();
    return () => {
      useCanvas.setState({ tab: "settings", sideOpen: null });
    };
  }, []);
  const run = runId ?? null;
  useWatching(dagId, run);
  const version = useVersionShown(dagId);
  useEffect(() => {
    if (!ready) return;
    useEditor.getState().select([]);
    useCanvas.setState({ tab: "settings", sideOpen: null });
    return pointTo(taskId ?? null, run);
  }, [ready, taskId, run]);
  if (error?.status === 404) return <Empty icon="flag" title={t("not_a_journey")} />;
  if (error && !ready) return <ErrorNote error={error} retry={retry} />;
  if (!ready) return <Loading />;
  return (
    <Tooltip.Provider delayDuration={400}>
      <header className="ma-top">
        <h2 className="ma-top-title">{title}</h2>
        {version !== null && <span className="ma-badge">{t("version_shown", { n: version })}</span>}
        <span className="ma-top-space" />
        <a className="ma-button" href={builderPage(dagId, taskId, runId)}>
          <Icon name="pencil" size={16} />
          {t("open_builder")}
        </a>
      </header>
      <LifeBanner />
      <WatchBar />
      <div className="ma-builder-body">
        <div className="ma-stage">
          <Canvas />
        </div>
        {people && <PeoplePanel />}
      </div>
    </Tooltip.Provider>
  );
}

import { useEffect, useState } from "react";
import { api, ApiError } from "../api/client";
import type { JourneyView, ProblemView, Published } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { save } from "../journey/autosave";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { ErrorNote, Note } from "../shell/Notes";
import { alike } from "./alike";
import { Audience } from "./Audience";
import { focusStep, useCanvas } from "./canvasStore";
import { airflowPage } from "./links";
import { texts } from "./texts";

const POLL_MS = 2_000;
const POLLS = 45;

export function PublishDialog() {
  const t = useTexts(texts);
  const open = useCanvas((state) => state.publishing);
  const [version, setVersion] = useState<number | null>(null);
  const close = () => {
    useCanvas.setState({ publishing: false });
    setVersion(null);
  };
  return (
    <Dialog title={version === null ? t("publish_title") : t("publish_live")} open={open} onClose={close}>
      {version === null ? <Ask close={close} done={setVersion} /> : <Live version={version} close={close} />}
    </Dialog>
  );
}

function path(): string {
  return `journeys/${encodeURIComponent(useEditor.getState().document.key)}`;
}

function Ask({ close, done }: { close: () => void; done: (version: number) => void }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const problems = useEditor((state) => state.problems);
  const view = useEditor((state) => state.view);
  const document = useEditor((state) => state.document);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const errors = problems.filter((problem) => problem.severity === "error");
  const warnings = problems.filter((problem) => problem.severity === "warning");
  const first = useEditor((state) => (state.document.mode === "one_off" ? "publish_once" : "publish_first"));
  const people = Object.values(view?.counts ?? {}).reduce((sum, { waiting }) => sum + waiting, 0);

  const publish = async () => {
    setBusy(true);
    setError(null);
    try {
      await save();
      const { saving, failure, view: now } = useEditor.getState();
      if (saving !== "saved" || !now) {
        if (saving === "conflict") close();
        else if (failure) setError(new ApiError(0, "unsaved", failure, null));
        return;
      }
      const { version } = await api.post<Published>(`${path()}/publish`, { revision: now.revision });
      useEditor.setState((state) => ({ view: state.view && { ...state.view, state: "live", version } }));
      done(version);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (problem.detail?.problems) useEditor.setState({ problems: problem.detail.problems });
      if (problem.code === "conflict") {
        useEditor.setState({ saving: "conflict", conflict: problem.detail });
        close();
      } else setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      {errors.length > 0 ? (
        <ProblemList title={t("publish_blocked")} problems={errors} close={close} />
      ) : (
        <>
          <p>{view?.version != null ? t("publish_again", { n: formatNumber(people, language) }) : t(first)}</p>
          {view?.version == null && <Audience document={document} />}
          {view?.paused && <Note tone="info">{t("publish_paused")}</Note>}
          {warnings.length > 0 && <ProblemList title={t("publish_warnings")} problems={warnings} close={close} />}
        </>
      )}
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        <Button look="primary" disabled={busy || errors.length > 0} onClick={() => void publish()}>
          {busy ? t("publishing") : t("publish")}
        </Button>
      </div>
    </>
  );
}

/** More than this nobody reads here: the list of problems has them all. */
const MOST = 6;

function ProblemList(props: { title: string; problems: ProblemView[]; close: () => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const groups = alike(props.problems);
  return (
    <section className="ma-publish-problems">
      <h3>{props.title}</h3>
      <ul>
        {groups.slice(0, MOST).map(({ problem, times }, index) => (
          <li key={index}>
            <Icon name={problem.severity === "error" ? "error" : "warning"} size={16} />
            <span>
              {say(problem.message)} {times > 1 && <b>{t("problem_times", { n: times })}</b>}
            </span>
            {problem.step !== null && (
              <Button
                small
                onClick={() => {
                  const { step } = problem;
                  props.close();
                  if (step === null) return;
                  useEditor.getState().select([step]);
                  useCanvas.getState().show("settings");
                  focusStep(step);
                }}
              >
                {t("show_problem")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {groups.length < props.problems.length || groups.length > MOST ? (
        <Button
          small
          onClick={() => {
            props.close();
            useCanvas.getState().show("problems");
          }}
        >
          {t("problems_more", { n: props.problems.length })}
        </Button>
      ) : null}
    </section>
  );
}

function Live({ version, close }: { version: number; close: () => void }) {
  const t = useTexts(texts);
  const dagPath = useEditor((state) => state.view?.dag_path ?? null);
  const [late, setLate] = useState(false);
  const found = dagPath !== null;
  useEffect(() => {
    if (found) return;
    let polls = 0;
    const timer = setInterval(() => {
      polls += 1;
      if (polls >= POLLS) {
        clearInterval(timer);
        setLate(true);
      }
      api.get<JourneyView>(path()).then(
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
  return (
    <>
      <Note tone="good">
        <p>{t("publish_version", { n: version })}</p>
      </Note>
      {!found && <p role="status">{late ? t("publish_late") : t("publish_waiting")}</p>}
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

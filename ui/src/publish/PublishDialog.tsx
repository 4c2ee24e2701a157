// Publishing: what will happen, in plain words, before it does.
import "./publish.css";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { Published, Rule } from "../api/types";
import { Audience } from "../canvas/Audience";
import { useCanvas } from "../canvas/canvasStore";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Dialog } from "../shell/Dialog";
import { ErrorNote, Note } from "../shell/Notes";
import { Asked, Live } from "./Done";
import { Foot } from "./Foot";
import { journeyPath } from "./paths";
import { Problems } from "./Problems";
import { PublishChanges } from "./PublishChanges";
import { texts } from "./texts";
import { savedRevision, usePreview } from "./usePreview";
import { setWaiting } from "./waiting";

export function PublishDialog() {
  const t = useTexts(texts);
  const open = useCanvas((state) => state.publishing);
  const first = useEditor((state) => state.view?.version == null);
  const blocked = useEditor((state) => state.problems.some((problem) => problem.severity === "error"));
  const [done, setDone] = useState<Published | null>(null);
  const close = () => {
    useCanvas.setState({ publishing: false });
    setDone(null);
  };
  const wide = !first && !blocked && done === null;
  const title = done ? (done.version === null ? "title_asked" : "title_live") : first ? "title_first" : "title_changes";
  return (
    <Dialog title={t(title)} open={open} onClose={close} wide={wide}>
      {done?.version != null && <Live version={done.version} moved={done.moved} close={close} />}
      {done?.version === null && <Asked close={close} />}
      {!done && blocked && <Blocked close={close} />}
      {!done && !blocked && first && <First close={close} done={setDone} />}
      {!done && !blocked && !first && <PublishChanges close={close} done={setDone} />}
    </Dialog>
  );
}

function Blocked({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const problems = useEditor((state) => state.problems);
  return (
    <>
      <Problems title={t("blocked")} problems={problems.filter((one) => one.severity === "error")} close={close} />
      <Foot close={close} act="publish" disabled does={() => undefined} />
    </>
  );
}

export interface StageProps {
  close: () => void;
  done: (published: Published) => void;
}

/** Nobody is in it yet: nothing to decide but whether. */
function First({ close, done }: StageProps) {
  const t = useTexts(texts);
  const document = useEditor((state) => state.document);
  const { preview, pending } = usePreview({ revision: null, rules: {}, per_hour: null });
  const { busy, error, publish } = usePublish(close, done);
  const approval = preview?.approval;
  return (
    <>
      <p>{t(document.mode === "one_off" ? "first_once" : "first")}</p>
      <Audience document={document} />
      <Warnings close={close} />
      {error && <ErrorNote error={error} />}
      <Foot
        close={close}
        act={approval?.needed ? "ask_approval" : "publish"}
        busy={busy}
        disabled={pending}
        approval={approval ?? null}
        does={() => void publish({}, null, "")}
      />
    </>
  );
}

/** What is no reason not to publish, but worth a look. */
export function Warnings({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const problems = useEditor((state) => state.problems);
  const paused = useEditor((state) => state.view?.paused ?? false);
  const warnings = problems.filter((problem) => problem.severity === "warning");
  return (
    <>
      {paused && <Note tone="info">{t("paused")}</Note>}
      {warnings.length > 0 && <Problems title={t("warnings")} problems={warnings} close={close} />}
    </>
  );
}

/** Saves and publishes; what stands in its way is shown where it can be dealt with. */
export function usePublish(close: () => void, done: (published: Published) => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const publish = async (rules: Record<string, Rule>, per_hour: number | null, note: string) => {
    setBusy(true);
    setError(null);
    try {
      const revision = await savedRevision();
      const { key } = useEditor.getState().document;
      const published = await api.post<Published>(journeyPath(key, "publish"), { revision, rules, per_hour, note });
      const { version } = published;
      if (version !== null) {
        useEditor.setState((state) => ({ view: state.view && { ...state.view, state: "live", version } }));
      }
      setWaiting(key, published.asked);
      done(published);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (!handled(problem, close)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, publish };
}

/** A conflict has a dialog of its own, and problems are those of the journey. */
export function handled(problem: ApiError, close: () => void): boolean {
  if (problem.detail?.problems) useEditor.setState({ problems: problem.detail.problems });
  if (problem.code !== "conflict") return false;
  useEditor.setState({ saving: "conflict", conflict: problem.detail });
  close();
  return true;
}

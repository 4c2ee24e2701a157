// Publishing: what will happen, in plain words, before it does.
import "./publish.css";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { FirstMail, Published, Rule, Said, Seen } from "../api/types";
import { Audience } from "../canvas/Audience";
import { useCanvas } from "../canvas/canvasStore";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Dialog } from "../shell/Dialog";
import { useMe } from "../shell/me";
import { ErrorNote, Note } from "../shell/Notes";
import { Asked, Live } from "./Done";
import { Foot } from "./Foot";
import { journeyPath } from "./paths";
import { Problems } from "./Problems";
import { PublishChanges } from "./PublishChanges";
import { texts } from "./texts";
import { useDeletionNote } from "./useDeletionNote";
import { savedRevision, usePreview } from "./usePreview";
import { setWaiting } from "./waiting";

export function PublishDialog() {
  const t = useTexts(texts);
  useDeletionNote();
  const open = useCanvas((state) => state.publishing);
  const first = useEditor((state) => state.view?.version == null);
  const archived = useEditor((state) => state.view?.life.archived_at != null);
  const blocked = useEditor((state) => state.problems.some((problem) => problem.severity === "error"));
  const [done, setDone] = useState<Published | null>(null);
  const close = () => {
    useCanvas.setState({ publishing: false });
    setDone(null);
  };
  const wide = !first && !blocked && !archived && done === null;
  const title = done ? (done.version === null ? "title_asked" : "title_live") : first ? "title_first" : "title_changes";
  return (
    <Dialog title={t(title)} open={open} onClose={close} wide={wide}>
      {done?.version != null && <Live published={done} close={close} />}
      {done?.version === null && <Asked close={close} />}
      {!done && archived && <PutAway close={close} />}
      {!done && !archived && blocked && <Blocked close={close} />}
      {!done && !archived && !blocked && first && <First close={close} done={setDone} />}
      {!done && !archived && !blocked && !first && <PublishChanges close={close} done={setDone} />}
    </Dialog>
  );
}

function PutAway({ close }: { close: () => void }) {
  const t = useTexts(texts);
  return (
    <>
      <Note tone="info">{t("archived")}</Note>
      <Foot close={close} act="publish" disabled does={() => undefined} />
    </>
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
  const { preview, pending, retry } = usePreview({ revision: null, rules: {}, per_hour: null });
  const { busy, error, publish } = usePublish(close, done, retry);
  const approval = preview?.approval;
  return (
    <>
      <p>{t(document.mode === "one_off" ? "first_once" : "first")}</p>
      <Audience document={document} />
      {preview?.first_mail && <Begins mail={preview.first_mail} />}
      <Warnings close={close} />
      {error && <ErrorNote error={error} />}
      <Foot
        close={close}
        act={approval?.needed ? "ask_approval" : "publish"}
        busy={busy}
        disabled={pending}
        approval={approval ?? null}
        does={() => void publish({ rules: {}, per_hour: null, note: "", seen: null })}
      />
    </>
  );
}

/** When the first mail leaves. */
function Begins({ mail }: { mail: FirstMail }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const timezone = useMe((state) => state.me?.timezone);
  const title = say(mail.title);
  if (mail.held_until === null) return <p>{t("first_mail", { title })}</p>;
  return <p>{t("first_mail_later", { title, when: formatMoment(mail.held_until, language, timezone) })}</p>;
}

/** What is no reason not to publish, but worth a look. */
export function Warnings({ close }: { close: () => void }) {
  const t = useTexts(texts);
  const problems = useEditor((state) => state.problems);
  const paused = useEditor((state) => state.view?.paused ?? false);
  // It was live once and has been put away since.
  const back = useEditor((state) => state.view?.state === "draft" && state.view.version !== null);
  const warnings = problems.filter((problem) => problem.severity === "warning");
  return (
    <>
      {back && <Note tone="info">{t("runs_again")}</Note>}
      {paused && <Note tone="info">{t("paused")}</Note>}
      {warnings.length > 0 && <Problems title={t("warnings")} problems={warnings} close={close} />}
    </>
  );
}

export interface ToSend {
  rules: Record<string, Rule>;
  per_hour: number | null;
  note: string;
  /** null: there were no numbers to see. */
  seen: Seen | null;
}

/** Saves and publishes; what stands in its way is shown where it can be dealt with. `news`: how the numbers have changed. */
export function usePublish(close: () => void, done: (published: Published) => void, recount: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [news, setNews] = useState<Said | null>(null);
  const publish = async (wanted: ToSend) => {
    setBusy(true);
    setError(null);
    setNews(null);
    try {
      const revision = await savedRevision();
      const { key } = useEditor.getState().document;
      const published = await api.post<Published>(journeyPath(key, "publish"), { revision, ...wanted });
      const { version } = published;
      if (version !== null) {
        useEditor.setState((state) => ({ view: state.view && { ...state.view, state: "live", version } }));
      }
      setWaiting(key, published.asked);
      done(published);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (problem.code === "numbers_changed") {
        setNews(problem.said);
        recount();
      } else if (!handled(problem, close)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, news, publish };
}

/** A conflict has a dialog of its own, and problems are those of the journey. */
export function handled(problem: ApiError, close: () => void): boolean {
  if (problem.detail?.problems) useEditor.setState({ problems: problem.detail.problems });
  if (problem.code !== "conflict") return false;
  useEditor.setState({ saving: "conflict", conflict: problem.detail });
  close();
  return true;
}

// Before something that cannot simply be undone: what will happen, in words.
import { useState } from "react";
import { api, ApiError } from "../api/client";
import { useTexts } from "../i18n/define";
import { save } from "../journey/autosave";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { ErrorNote } from "../shell/Notes";
import { go } from "../shell/route";
import { toast } from "../shell/toasts";
import { useCanvas } from "./canvasStore";
import { texts } from "./texts";

type Words = { title: keyof typeof texts; about: keyof typeof texts; act: keyof typeof texts; done: keyof typeof texts };

const WORDS: Record<"discard" | "delete", Words> = {
  discard: { title: "discard_title", about: "discard_about", act: "discard", done: "discarded" },
  delete: { title: "delete_title", about: "delete_about", act: "delete_draft", done: "deleted" },
};

export function AskDialog() {
  const asking = useCanvas((state) => state.asking);
  const published = useEditor((state) => state.view?.state !== "draft");
  const name = asking !== "discard" ? null : published ? "discard" : "delete";
  const close = () => {
    useCanvas.setState({ asking: null });
  };
  return <AskFirst name={name} does={discard} close={close} />;
}

export type Asked = keyof typeof WORDS;

interface AskProps {
  name: Asked;
  does: () => Promise<void>;
  close: () => void;
  /** The title of the journey, where it is not plain which one is meant. */
  about?: string;
  /** What is said afterwards, where the usual words do not fit. */
  done?: string;
}

/** Asks, does it, and says so, or says in the dialog why it was not done. */
export function AskFirst(props: Omit<AskProps, "name"> & { name: Asked | null }) {
  const t = useTexts(texts);
  const { name } = props;
  return (
    <Dialog title={name ? t(WORDS[name].title) : ""} open={name !== null} onClose={props.close}>
      {name && <Ask {...props} name={name} />}
    </Dialog>
  );
}

function Ask({ name, does, close, about: journey, done }: AskProps) {
  const t = useTexts(texts);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const { about, act, done: usual } = WORDS[name];
  const goOn = async () => {
    setBusy(true);
    setError(null);
    try {
      await does();
      close();
      toast("good", done ?? t(usual));
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <>
      {journey !== undefined && <p className="ma-ask-about">{journey}</p>}
      <p>{t(about)}</p>
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        <Button look="danger" disabled={busy} onClick={() => void goOn()}>
          {t(act)}
        </Button>
      </div>
    </>
  );
}

/** Throws the draft away, as it is on the page and nowhere else. */
async function discard(): Promise<void> {
  await save();
  const { view, document, open } = useEditor.getState();
  const gone = view?.state === "draft";
  await api.delete(`journeys/${encodeURIComponent(document.key)}`, { revision: view?.revision ?? 0 });
  if (gone) go("journeys");
  else await open(document.key, { afresh: true });
}

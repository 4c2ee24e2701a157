// An earlier version becomes the draft again; nothing that is live changes.
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { Saved } from "../api/types";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { ErrorNote, Note } from "../shell/Notes";
import { go } from "../shell/route";
import { toast } from "../shell/toasts";
import { journeyPath } from "./paths";
import { texts } from "./texts";
import { savedRevision } from "./usePreview";

export function Restore({ version }: { version: number }) {
  const t = useTexts(texts);
  const can = useEditor((state) => !state.readOnly);
  const same = useEditor((state) => state.view?.state === "live" && state.view.version === version);
  const [open, setOpen] = useState(false);
  if (!can || same) return null;
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <Button
        small
        icon="undo"
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("restore")}
      </Button>
      <Dialog title={t("restore_title", { n: version })} open={open} onClose={close}>
        <Ask version={version} close={close} />
      </Dialog>
    </>
  );
}

function Ask({ version, close }: { version: number; close: () => void }) {
  const t = useTexts(texts);
  const key = useEditor((state) => state.document.key);
  const loses = useEditor((state) => state.view?.state === "changed");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const restore = async () => {
    setBusy(true);
    setError(null);
    try {
      const revision = await savedRevision();
      await api.post<Saved>(journeyPath(key, "versions", version, "restore"), { revision });
      await useEditor.getState().open(key, { afresh: true });
      toast("good", t("restored", { n: version }));
      close();
      go("journeys", key);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <>
      <p>{t("restore_about")}</p>
      {loses && <Note tone="warning">{t("restore_loses")}</Note>}
      {error && <ErrorNote error={error} />}
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("cancel")}</Button>
        <Button look="primary" icon="undo" disabled={busy} onClick={() => void restore()}>
          {t("restore")}
        </Button>
      </div>
    </>
  );
}

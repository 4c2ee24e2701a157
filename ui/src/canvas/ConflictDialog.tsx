import { useState } from "react";
import { ApiError } from "../api/client";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { keepMine, takeTheirs } from "../journey/autosave";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { ErrorNote } from "../shell/Notes";
import { useMineElsewhere } from "./shownState";
import { texts } from "./texts";

/** Two people edited the same draft: nothing is decided without asking. */
export function ConflictDialog() {
  const t = useTexts(texts);
  const { language } = useHost();
  const open = useEditor((state) => state.saving === "conflict");
  const conflict = useEditor((state) => state.conflict);
  const mine = useMineElsewhere();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const decide = async (choice: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await choice();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const who = conflict?.saved_by ?? t("somebody");
  const when = conflict?.saved_at ? formatMoment(conflict.saved_at, language) : "";
  return (
    <Dialog title={t(mine ? "conflict_title_mine" : "conflict_title")} open={open} onClose={() => undefined}>
      {when && <p>{mine ? t("conflict_tab", { when }) : t("conflict_who", { who, when })}</p>}
      <p>{t("conflict_about")}</p>
      {error && <ErrorNote error={error} />}
      <div className="ma-choices">
        <Button disabled={busy} onClick={() => void decide(takeTheirs)}>
          <span className="ma-choice">
            {t(mine ? "take_other_tab" : "take_theirs")}
            <small>{t(mine ? "take_other_tab_about" : "take_theirs_about")}</small>
          </span>
        </Button>
        <Button disabled={busy} onClick={() => void decide(keepMine)}>
          <span className="ma-choice">
            {t(mine ? "keep_this_tab" : "keep_mine")}
            <small>{t(mine ? "keep_this_tab_about" : "keep_mine_about")}</small>
          </span>
        </Button>
      </div>
    </Dialog>
  );
}

import { useState } from "react";
import type { TemplatePreview } from "../api/types";
import { MailFrame } from "../forms/TemplatePreview";
import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { framed } from "./acts";
import { texts } from "./texts";

/** A mail as the person would get it: small, and whole in a dialog. */
export function Mail({ mail }: { mail: TemplatePreview }) {
  const t = useTexts(texts);
  const html = framed(mail.html);
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <div className="ma-try-mail">
        <span className="ma-try-thumb" inert>
          <iframe title={t("mail_frame")} sandbox="" srcDoc={html} loading="lazy" />
        </span>
        <span className="ma-try-mail-text">
          {mail.preview && <span>{mail.preview}</span>}
          <button
            type="button"
            className="ma-try-link"
            aria-label={t("open_mail", { subject: mail.subject })}
            onClick={() => {
              setOpen(true);
            }}
          >
            {t("open")}
          </button>
        </span>
      </div>
      <Dialog wide title={mail.subject} open={open} onClose={close}>
        <MailFrame mail={{ ...mail, html }} phone={false} />
        <div className="ma-dialog-actions">
          <Button onClick={close}>{t("close")}</Button>
        </div>
      </Dialog>
    </>
  );
}

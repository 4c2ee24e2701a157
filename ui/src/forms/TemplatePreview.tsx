// How a mail looks to somebody: in a frame that may do nothing, as wide as a desktop's or a phone's.
import { useId, useState } from "react";
import { api } from "../api/client";
import type { ContactSummary, TemplatePreview, TemplateSummary } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { Dialog } from "../shell/Dialog";
import { ErrorNote, Loading } from "../shell/Notes";
import { ContactPicker } from "./ContactPicker";
import { languageName } from "./languages";
import { Segments } from "./Segments";
import { TestMail } from "./TestMail";
import { texts } from "./widgets/texts";

export function TemplatePreviewDialog(props: {
  template: TemplateSummary;
  /** The step that sends it; null where no test mail can be sent. */
  step: string | null;
  /** Begin with the address of a test mail. */
  testing: boolean;
  onClose: () => void;
}) {
  const t = useTexts(texts);
  const id = useId();
  const { language: reading } = useHost();
  const { template } = props;
  const [contact, setContact] = useState<ContactSummary | null>(null);
  const [language, setLanguage] = useState("");
  const [width, setWidth] = useState("desktop");
  const path = `templates/${encodeURIComponent(template.name)}/preview`;
  const { data, error, reload } = useLoad(`${path} ${contact?.key ?? ""} ${language}`, () =>
    api.post<TemplatePreview>(path, { contact: contact?.key ?? null, language: language || null }),
  );
  return (
    <Dialog title={t("preview_of", { name: template.name })} open wide onClose={props.onClose}>
      <div className="ma-preview-bar">
        <div>
          <span className="ma-field-label" id={`${id}-who-label`}>
            {t("seen_by")}
          </span>
          <ContactPicker id={`${id}-who`} labelId={`${id}-who-label`} contact={contact} onChange={setContact} />
        </div>
        <div>
          <span className="ma-field-label" id={`${id}-language`}>
            {t("in_language")}
          </span>
          <Segments
            labelId={`${id}-language`}
            value={language}
            onChange={setLanguage}
            options={[
              { value: "", label: t("own_language") },
              ...template.languages.map((one) => ({ value: one, label: languageName(one, reading) })),
            ]}
          />
        </div>
        <div>
          <span className="ma-field-label" id={`${id}-width`}>
            {t("width")}
          </span>
          <Segments
            labelId={`${id}-width`}
            value={width}
            onChange={setWidth}
            options={[
              { value: "desktop", label: t("desktop") },
              { value: "phone", label: t("phone") },
            ]}
          />
        </div>
      </div>
      {props.step !== null && (
        <TestMail step={props.step} template={template.name} contact={contact?.key ?? null} language={language || null} focused={props.testing} />
      )}
      {error ? <ErrorNote error={error} retry={reload} /> : data ? <MailFrame mail={data} phone={width === "phone"} /> : <Loading />}
    </Dialog>
  );
}

/** A mail with its head. What is in it cannot run, load or leave anything. */
export function MailFrame(props: { mail: TemplatePreview; phone: boolean }) {
  const t = useTexts(texts);
  const { mail } = props;
  return (
    <div className={`ma-mail ${props.phone ? "ma-mail-phone" : ""}`}>
      <dl className="ma-mail-head">
        <dt>{t("mail_from")}</dt>
        <dd>{mail.sender}</dd>
        <dt>{t("mail_subject")}</dt>
        <dd>
          <strong>{mail.subject}</strong> {mail.preview && <span>{mail.preview}</span>}
        </dd>
      </dl>
      <iframe title={mail.subject} sandbox="" srcDoc={mail.html} lang={mail.language} />
    </div>
  );
}

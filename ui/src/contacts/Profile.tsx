import type { ContactView, Json } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { Note } from "../shell/Notes";
import { TagList } from "./TagList";
import { texts } from "./texts";

/** Who it is, whether mail may be sent and why, and what is known. */
export function Profile(props: { contact: ContactView }) {
  const { contact } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const write = useWritten();
  const attributes = Object.entries(contact.attributes);
  const languages = new Intl.DisplayNames([language], { type: "language", fallback: "code" });
  return (
    <aside className="ma-profile">
      <section>
        <h2>{t("mail")}</h2>
        <Note tone={contact.mail_allowed ? "good" : "warning"}>
          <b>{t(contact.mail_allowed ? "allowed" : "not_allowed")}</b>
          <span className="ma-under">{say(contact.mail_why)}</span>
        </Note>
      </section>
      <section>
        <h2>{t("about_them")}</h2>
        <dl>
          <dt>{t("email")}</dt>
          <dd>{contact.email ?? t("no_email")}</dd>
          <dt>{t("key")}</dt>
          <dd>{contact.key}</dd>
          <dt>{t("language")}</dt>
          <dd>{nameOf(languages, contact.language)}</dd>
          <dt>{t("timezone")}</dt>
          <dd>{contact.timezone}</dd>
          <dt>{t("score")}</dt>
          <dd>{formatNumber(contact.score, language)}</dd>
        </dl>
      </section>
      {contact.tags.length > 0 && (
        <section>
          <h2>{t("tags")}</h2>
          <TagList tags={contact.tags} />
        </section>
      )}
      <section>
        <h2>{t("attributes")}</h2>
        {attributes.length === 0 && <p className="ma-muted">{t("no_attributes")}</p>}
        <dl>
          {attributes.map(([name, value]) => (
            <div key={name}>
              <dt>{say(contact.attribute_titles[name] ?? { en: name, ja: name })}</dt>
              <dd>{write(value)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </aside>
  );
}

/** A language's own code where the browser does not take it. */
function nameOf(languages: Intl.DisplayNames, code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

function useWritten(): (value: Json) => string {
  const t = useTexts(texts);
  const { language } = useHost();
  const write = (value: Json): string => {
    if (value === null) return "–";
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (typeof value === "number") return formatNumber(value, language);
    if (typeof value === "string") return value;
    if (Array.isArray(value)) return value.map(write).join(", ");
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${write(one)}`)
      .join(", ");
  };
  return write;
}

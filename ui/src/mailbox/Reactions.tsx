import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";
import type { MailSummary } from "./types";

const REACTIONS = [
  ["opened", "eye"],
  ["opened_by_machine", "settings"],
  ["clicked", "cursor"],
  ["replied", "reply"],
  ["unsubscribed", "close"],
] as const;

/** What the contact did with a mail: in words, as whether we have looked at it is a mark without any. */
export function Reactions(props: { mail: MailSummary }) {
  const t = useTexts(texts);
  const { mail } = props;
  const there = REACTIONS.filter(([name]) => mail[name] && !(name === "opened_by_machine" && mail.opened));
  if (!there.length) return null;
  return (
    <span className="ma-reactions" title={t("reactions")}>
      {there.map(([name, icon]) => (
        <span key={name} className={`ma-badge ${tone(name)}`}>
          <Icon name={icon} size={13} />
          {t(name)}
        </span>
      ))}
    </span>
  );
}

function tone(name: string): string {
  if (name === "unsubscribed") return "ma-badge-danger";
  return name === "opened_by_machine" ? "" : "ma-badge-good";
}

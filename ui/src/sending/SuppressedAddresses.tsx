import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { texts } from "./texts";
import type { Suppressed } from "./types";

/** How many addresses get no mail at all, and why: bounces, complaints, unsubscribes. */
export function SuppressedAddresses(props: { suppressed: Suppressed[] }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  return (
    <section>
      <h2 className="ma-section-title">
        {t("suppressed")}
        <span className="ma-muted">{t("suppressed_about")}</span>
      </h2>
      {props.suppressed.length === 0 ? (
        <p className="ma-box ma-muted">{t("suppressed_none")}</p>
      ) : (
        <ul className="ma-suppressed">
          {props.suppressed.map((one) => (
            <li key={one.reason} className="ma-box">
              <strong>{formatNumber(one.number, language)}</strong>
              <span>{say(one.title)}</span>
              {one.new > 0 && (
                <span className="ma-muted ma-small">{t("suppressed_new", { n: formatNumber(one.new, language) })}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

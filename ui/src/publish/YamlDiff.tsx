import type { YamlLine } from "../api/types";
import { useTexts } from "../i18n/define";
import { texts } from "./texts";

const LOOKS = { " ": "", "+": "ma-yaml-added", "-": "ma-yaml-removed" };

/** Both texts line by line; each line that is in only one of them has its sign. */
export function YamlDiff({ lines }: { lines: readonly YamlLine[] }) {
  const t = useTexts(texts);
  if (!lines.length) return <p className="ma-muted">{t("no_changes")}</p>;
  return (
    // Long texts are scrolled with the keys, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="ma-yaml-diff" tabIndex={0} role="region" aria-label={t("yaml_label")}>
      {lines.map((line, index) => (
        <span key={index} className={LOOKS[line.sign]}>
          {`${line.sign} ${line.text}\n`}
        </span>
      ))}
    </pre>
  );
}

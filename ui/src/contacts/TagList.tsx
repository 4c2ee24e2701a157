import { useTexts } from "../i18n/define";
import { texts } from "./texts";

export function TagList(props: { tags: string[]; most?: number }) {
  const t = useTexts(texts);
  const shown = props.tags.slice(0, props.most ?? props.tags.length);
  const rest = props.tags.slice(shown.length);
  return (
    <span className="ma-tags">
      {shown.map((tag) => (
        <span key={tag} className="ma-badge">
          {tag}
        </span>
      ))}
      {rest.length > 0 && (
        <span className="ma-muted ma-small" title={rest.join(", ")}>
          {t("more_tags", { n: rest.length })}
        </span>
      )}
    </span>
  );
}

import type { Change } from "../api/types";
import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

const ICONS: Record<Change, string> = { added: "plus", changed: "pencil", removed: "trash" };

/** Added, changed or removed: a colour, a picture and a word. */
export function ChangeMark({ change }: { change: Change }) {
  const t = useTexts(texts);
  return (
    <span className={`ma-mark ma-mark-${change}`}>
      <Icon name={ICONS[change]} size={12} />
      {t(change)}
    </span>
  );
}

import { DropdownMenu } from "radix-ui";
import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { actsOf, LIFE_ICONS, LIFE_LABELS, type LifeAct } from "./life";
import { texts } from "./texts";
import type { LifeMoments } from "./types";

/** What can be done with the journey as a whole, in a menu. */
export function LifeItems(props: { paused: boolean; life: LifeMoments; runs: boolean; ask: (act: LifeAct) => void }) {
  const t = useTexts(texts);
  return actsOf(props).map((act) => (
    <DropdownMenu.Item
      key={act}
      className="ma-menu-item"
      onSelect={() => {
        props.ask(act);
      }}
    >
      <Icon name={LIFE_ICONS[act]} size={16} />
      <span className="ma-menu-words">{t(LIFE_LABELS[act])}</span>
    </DropdownMenu.Item>
  ));
}

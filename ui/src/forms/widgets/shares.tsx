import { useTexts } from "../../i18n/define";
import { Button, IconButton } from "../../shell/Button";
import { useOtherOutcomes } from "../otherOutcomes";
import { WayName } from "../WayName";
import {
  evenShares,
  freeName,
  renamed,
  sumOf,
  valueOfWays,
  waysOf,
  withNewShare,
  withShare,
  type Ways,
} from "../ways";
import type { Widget, WidgetProps } from "../widget";
import { NumberBox } from "./number";
import { texts } from "./texts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function SharesInput({ field, value, onChange, readOnly, step }: WidgetProps) {
  const t = useTexts(texts);
  const ways = waysOf(value);
  const elsewhere = useOtherOutcomes(step, field.name);
  const names = ways.map(([name]) => name);
  const sum = sumOf(ways);
  const put = (next: Ways) => {
    onChange(next.length ? valueOfWays(next) : undefined);
  };
  return (
    <div className="ma-branches">
      {ways.map(([name, share], place) => (
        <div key={place} className="ma-share">
          <WayName
            label={t("way_name", { n: place + 1 })}
            name={name}
            others={[...names.filter((one) => one !== name), ...elsewhere]}
            readOnly={readOnly}
            onChange={(next) => {
              put(renamed(ways, place, next));
            }}
          />
          <input
            type="range"
            className="ma-range"
            aria-label={t("percent_of", { name })}
            min={1}
            max={99}
            disabled={readOnly}
            value={typeof share === "number" ? share : 1}
            onChange={(event) => {
              put(withShare(ways, place, Number(event.currentTarget.value)));
            }}
          />
          <NumberBox
            label={t("percent_of", { name })}
            value={share}
            empty={null}
            minimum={1}
            maximum={99}
            readOnly={readOnly}
            onChange={(next) => {
              put(withShare(ways, place, next ?? null));
            }}
          />
          <span aria-hidden>%</span>
          {!readOnly && (
            <IconButton
              small
              icon="trash"
              label={t("remove_named", { name })}
              onClick={() => {
                put(ways.filter((_, index) => index !== place));
              }}
            />
          )}
        </div>
      ))}
      {ways.length > 0 && (
        <div className={sum === 100 ? "ma-sum" : "ma-sum ma-sum-bad"} role="status">
          {sum === 100 ? t("sum_good") : t("sum_bad", { n: sum })}
        </div>
      )}
      {!readOnly && (
        <div className="ma-group-add">
          <Button
            small
            icon="plus"
            onClick={() => {
              put(added(ways, [...names, ...elsewhere]));
            }}
          >
            {t("way_add")}
          </Button>
          {ways.length > 1 && (
            <Button
              small
              look="quiet"
              onClick={() => {
                put(waysOf(evenShares(names)));
              }}
            >
              {t("even_out")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** One way more, A, B, C ...; the first time two at once, because one alone is no choice. */
export function added(ways: Ways, taken: readonly string[]): Ways {
  const name = freeName((n) => LETTERS[n - 1] ?? `Z${String(n)}`, taken);
  const more = withNewShare(ways, name);
  return more.length === 1 ? added(more, [...taken, name]) : more;
}

export const shares: Widget = { Input: SharesInput, group: true };

import { useSaid, useTexts } from "../../i18n/define";
import { tied, type Widget, type WidgetProps } from "../widget";
import { Segments } from "../Segments";
import { showText } from "./text";
import { texts } from "./texts";

const MOST_SIDE_BY_SIDE = 4;

function ChoiceInput({ field, value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const now = showText(value);
  const options = field.choices.map((one) => ({ value: one.value, label: say(one.title) }));
  if (field.default === null && !field.required) options.unshift({ value: "", label: t("none") });
  // What is set but not offered stays in sight, and stays set.
  if (!options.some((one) => one.value === now) && now) options.push({ value: now, label: now });
  const choose = (chosen: string) => {
    onChange(chosen || undefined);
  };
  if (options.length <= MOST_SIDE_BY_SIDE) {
    return <Segments labelId={ids.labelId} value={now} options={options} onChange={choose} readOnly={readOnly} />;
  }
  return (
    <select
      className="ma-input"
      {...tied(ids)}
      aria-labelledby={ids.labelId}
      disabled={readOnly}
      value={now}
      onChange={(event) => {
        choose(event.currentTarget.value);
      }}
    >
      {!now && <option value="">{t("choose")}</option>}
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

export const choice: Widget = { Input: ChoiceInput, group: true };

import type { JourneyDocument, SettingField } from "../../api/types";
import { useSaid, useTexts } from "../../i18n/define";
import { upstream } from "../../journey/graph";
import { stepOf, stepTitle } from "../../journey/outcomes";
import { useEditor } from "../../journey/store";
import { tied, type Widget, type WidgetProps } from "../widget";
import { showText } from "./text";
import { texts } from "./texts";

/** Steps before this one that the setting may name, the nearest first. */
export function candidates(document: JourneyDocument, step: string | null, field: SettingField): string[] {
  const before = step === null ? document.steps.map((one) => one.id) : [...upstream(document, step)];
  return before.filter((id) => id !== step && field.refers_to.includes(stepOf(document, id)?.kind ?? ""));
}

function StepInput({ field, value, onChange, ids, readOnly, step }: WidgetProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  const now = showText(value);
  const offered = candidates(document, step, field);
  const title = (id: string) => {
    const found = stepOf(document, id);
    return found ? stepTitle(found, catalogue, say) : id;
  };
  const twice = (id: string) => offered.filter((one) => title(one) === title(id)).length > 1;
  const stray = now && !offered.includes(now);
  return (
    <>
      <select
        className="ma-input"
        {...tied(ids)}
        disabled={readOnly}
        value={now}
        onChange={(event) => {
          onChange(event.currentTarget.value || undefined);
        }}
      >
        {(!field.required || !now) && <option value="">{t(field.required ? "choose_step" : "none")}</option>}
        {stray && <option value={now}>{t(stepOf(document, now) ? "step_not_before" : "step_gone", { name: title(now) })}</option>}
        {offered.map((id) => (
          <option key={id} value={id}>
            {twice(id) ? `${title(id)} (${id})` : title(id)}
          </option>
        ))}
      </select>
      {!offered.length && <span className="ma-field-help">{t("no_step_before")}</span>}
    </>
  );
}

export const step: Widget = { Input: StepInput };

import type { JourneyDocument, SettingField } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { upstream } from "../../journey/graph";
import { stepOf } from "../../journey/outcomes";
import { useEditor } from "../../journey/store";
import { useStepName } from "../useStepName";
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
  const stepName = useStepName();
  const document = useEditor((state) => state.document);
  const now = showText(value);
  const offered = candidates(document, step, field);
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
        {stray && (
          <option value={now}>
            {t(stepOf(document, now) ? "step_not_before" : "step_gone", { name: stepName(now, [now, ...offered]) })}
          </option>
        )}
        {offered.map((id) => (
          <option key={id} value={id}>
            {stepName(id, offered)}
          </option>
        ))}
      </select>
      {!offered.length && <span className="ma-field-help">{t("no_step_before")}</span>}
    </>
  );
}

export const step: Widget = { Input: StepInput };

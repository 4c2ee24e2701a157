import type { Json } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { tied, type Widget, type WidgetProps } from "../widget";
import { isText, textsOf } from "../values";
import { texts } from "./texts";

/** "9:00" and "09:00:00" as a time input wants them; other text gives nothing. */
export function clock(value: Json | undefined): string {
  const found = isText(value) ? /^(\d{1,2}):(\d{2})/.exec(value.trim()) : null;
  return found ? `${(found[1] ?? "").padStart(2, "0")}:${found[2] ?? ""}` : "";
}

/** Both ends as a value; nothing when both are empty, half of it while one is. */
export function windowOf(from: string, to: string): Json | undefined {
  return from || to ? [from, to] : undefined;
}

function TimeInput({ field, value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  return (
    <>
      <input
        type="time"
        className="ma-input ma-time"
        {...tied(ids)}
        disabled={readOnly}
        value={clock(value)}
        onChange={(event) => {
          onChange(event.currentTarget.value || undefined);
        }}
      />
      {!field.help && <span className="ma-field-help">{t("local_time", { example: clock(value) || "10:00" })}</span>}
    </>
  );
}

function TimeWindowInput({ field, value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const [first, second] = textsOf(value);
  const [from, to] = [clock(first), clock(second)];
  const end = (label: string, now: string, change: (text: string) => void) => (
    <input
      type="time"
      className="ma-input ma-time"
      aria-label={label}
      aria-invalid={ids.invalid || undefined}
      disabled={readOnly}
      value={now}
      onChange={(event) => {
        change(event.currentTarget.value);
      }}
    />
  );
  return (
    <>
      <div className="ma-window">
        {end(t("from"), from, (text) => {
          onChange(windowOf(text, to));
        })}
        <span aria-hidden>–</span>
        {end(t("to"), to, (text) => {
          onChange(windowOf(from, text));
        })}
      </div>
      {!field.help && (
        <span className="ma-field-help">
          {t("local_time", { example: from && to ? `${from}–${to}` : "09:00–18:00" })}
        </span>
      )}
    </>
  );
}

export const time: Widget = { Input: TimeInput };
export const timeWindow: Widget = { Input: TimeWindowInput, group: true };

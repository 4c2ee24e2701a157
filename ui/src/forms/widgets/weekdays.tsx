import type { Json } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { Segments } from "../Segments";
import { textsOf } from "../values";
import type { Widget, WidgetProps } from "../widget";
import { texts } from "./texts";

export const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof WEEK)[number];
const BUSINESS = "business_days";

/** The days that hold now; all of them when none was chosen. */
export function daysOf(value: Json): Day[] {
  if (value === BUSINESS) return WEEK.slice(0, 5);
  const chosen = textsOf(value);
  return chosen.length ? WEEK.filter((day) => chosen.includes(day)) : [...WEEK];
}

/** The value with that day switched; undefined when any day will do. */
export function switched(value: Json, day: Day): Json | undefined {
  const now = daysOf(value);
  const next = WEEK.filter((one) => (one === day ? !now.includes(one) : now.includes(one)));
  return next.length && next.length < WEEK.length ? next : undefined;
}

function WeekdaysInput({ value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const days = daysOf(value);
  const mode = value === BUSINESS ? BUSINESS : textsOf(value).length ? "chosen" : "any";
  return (
    <>
      <Segments
        labelId={ids.labelId}
        value={mode}
        readOnly={readOnly}
        options={[
          { value: "any", label: t("any_day") },
          { value: BUSINESS, label: t("business_days") },
          { value: "chosen", label: t("chosen_days") },
        ]}
        onChange={(chosen) => {
          onChange(chosen === "any" ? undefined : chosen === BUSINESS ? BUSINESS : WEEK.slice(0, 5));
        }}
      />
      <div className="ma-days">
        {WEEK.map((day) => (
          <button
            key={day}
            type="button"
            className="ma-day"
            title={t(`${day}_long`)}
            aria-pressed={days.includes(day)}
            disabled={readOnly}
            onClick={() => {
              onChange(switched(value, day));
            }}
          >
            {t(day)}
          </button>
        ))}
      </div>
    </>
  );
}

export const weekdays: Widget = { Input: WeekdaysInput, group: true };

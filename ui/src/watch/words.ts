// Numbers and lengths of time in words.
import { formatDuration } from "../forms/duration";
import type { Language } from "../host";

const LOCALES: Record<Language, string> = { en: "en-US", ja: "ja-JP" };
const LONG = 10_000;

/** A number with little room: "1,234", "12.3K" / "1.2万". */
export function shortNumber(value: number, language: Language): string {
  const options: Intl.NumberFormatOptions = value < LONG ? {} : { notation: "compact", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(LOCALES[language], options).format(value);
}

const UNITS = [86_400_000, 3_600_000, 60_000, 1_000];

/** About how long, in its two largest units: "1 day 4 hours" / "1日4時間". */
export function roughly(ms: number, language: Language): string {
  const unit = UNITS.findIndex((size) => ms >= size);
  if (unit < 0) return formatDuration(1_000, language);
  const large = UNITS[unit] ?? 1_000;
  const small = UNITS[unit + 1] ?? 1_000;
  const whole = Math.floor(ms / large) * large;
  const rest = ms >= 10 * large ? 0 : Math.floor((ms - whole) / small) * small;
  if (!rest) return formatDuration(whole, language);
  return [formatDuration(whole, language), formatDuration(rest, language)].join(language === "en" ? " " : "");
}

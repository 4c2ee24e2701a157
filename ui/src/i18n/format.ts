// Numbers, dates and "how long ago", as the reader's language writes them.
import type { Language } from "../host";

const LOCALES: Record<Language, string> = { en: "en-GB", ja: "ja-JP" };

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language]).format(value);
}

/** A moment such as "2026-12-01T01:00:00Z" in that zone: "1 Dec, 10:00" / "12月1日 10:00". */
export function formatMoment(at: string, language: Language, timeZone?: string): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  return format.format(new Date(at));
}

/** The day alone: "1 December 2026" / "2026年12月1日". */
export function formatDay(at: string, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long", timeZone }).format(new Date(at));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago" / "3時間前", against `now` (both ISO 8601). */
export function formatAgo(at: string, now: string, language: Language): string {
  const seconds = (new Date(at).getTime() - new Date(now).getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}

// Times of a trial as the person's own clock and calendar show them.
import type { Language } from "../host";

const LOCALES: Record<Language, string> = { en: "en-GB", ja: "ja-JP" };

/** "10:00". */
export function clock(at: string, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: "2-digit", minute: "2-digit", timeZone }).format(
    new Date(at),
  );
}

/** With the day of the week: "Fri, 4 Dec". */
export function weekday(at: string, language: Language, timeZone: string): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    month: "short",
    day: "numeric",
    weekday: "short",
    timeZone,
  });
  return format.format(new Date(at));
}

// Lengths of time as people write them ("3 days", "3日", "1 day 2 hours", "P3D"), read and written as the server does.
import type { Language } from "../host";
import { texts } from "./texts";

export type Unit = "week" | "day" | "hour" | "minute" | "second" | "millisecond";

const MS: Record<Unit, number> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};
/** What people write for a unit; Japanese says the first. */
const words = (unit: Unit) => ({ en: texts[unit].en.split(" "), ja: texts[unit].ja.split(" ") });
const NAMES = Object.keys(MS) as Unit[];
const LONGEST = 36_500 * MS.day;
const ISO =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

export interface Amount {
  count: number;
  unit: Unit;
}

/** What a text says, part by part; null when it cannot be read. */
export function readAmounts(written: string): Amount[] | null {
  const text = written.normalize("NFKC").trim().toLowerCase();
  const iso = ISO.exec(text);
  if (iso) {
    const found = NAMES.slice(0, 5).flatMap((unit, place) => {
      const count = iso[place + 1];
      return count === undefined ? [] : [{ count: Number(count), unit }];
    });
    return found.length ? found : null;
  }
  const part = /(\d+(?:\.\d+)?)\s*([^\d\s.,]+)[\s,]*/y;
  const found: Amount[] = [];
  while (part.lastIndex < text.length) {
    const next = part.exec(text);
    const unit = next && NAMES.find((name) => [...words(name).en, ...words(name).ja].includes(next[2] ?? ""));
    if (!next || !unit) return null;
    found.push({ count: Number(next[1]), unit });
  }
  return found.length ? found : null;
}

/** Milliseconds; null for what is not a length of time above zero. */
export function parseDuration(written: string): number | null {
  const amounts = readAmounts(written);
  if (!amounts) return null;
  const ms = Math.trunc(amounts.reduce((sum, { count, unit }) => sum + count * MS[unit], 0));
  return ms > 0 && ms <= LONGEST ? ms : null;
}

/** The shortest readable text: "3 days", "90 minutes", "3日". */
export function formatDuration(ms: number, language: Language): string {
  const shown = NAMES.filter((name) => name !== "week");
  for (const name of shown) {
    const count = ms / MS[name];
    if (count >= 1 && Number.isInteger(count) && (name === "day" || count <= 120)) return sayAmount(count, name, language);
  }
  const parts: string[] = [];
  let left = ms;
  for (const name of shown) {
    const count = Math.floor(left / MS[name]);
    left -= count * MS[name];
    if (count) parts.push(sayAmount(count, name, language));
  }
  return parts.join(language === "en" ? " " : "");
}

/** "3 days" / "3日". */
export function sayAmount(count: number, unit: Unit, language: Language): string {
  if (language === "ja") return `${String(count)}${String(words(unit).ja[0])}`;
  return `${String(count)} ${unit}${count === 1 ? "" : "s"}`;
}

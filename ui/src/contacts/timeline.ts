// A person's history, day by day.
import type { Happening } from "../api/types";

export type Side = "all" | Happening["by"];

export interface Day {
  /** "2026-12-01" in the installation's zone. */
  day: string;
  happenings: Happening[];
}

/** Neighbours of the same calendar day in that zone; the order stays. */
export function byDay(happenings: readonly Happening[], timeZone: string): Day[] {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
  const days: Day[] = [];
  for (const one of happenings) {
    const day = format.format(new Date(one.at));
    const last = days.at(-1);
    if (last?.day === day) last.happenings.push(one);
    else days.push({ day, happenings: [one] });
  }
  return days;
}

export function ofSide(happenings: readonly Happening[], side: Side): Happening[] {
  return happenings.filter((one) => side === "all" || one.by === side);
}

const ICONS: Record<Exclude<Happening["what"], "event">, string> = {
  entered: "people",
  moved: "arrow",
  left: "flag",
  mail: "mail",
  alert: "bell",
  answer: "phone",
};

const ICONS_OF_EVENTS: Record<string, string> = {
  "email.open": "eye",
  "email.click": "cursor",
  "email.unsubscribe": "close",
  "email.complaint": "warning",
  "email.bounce": "warning",
  "email.blocked": "warning",
  "email.dropped": "warning",
  "email.deferred": "clock",
  "email.delivered": "check",
  "consent.given": "check",
  reply: "reply",
};

/** The picture of an event: of one that only the owner knows, whether it happened on a page. */
export function iconOfEvent(type: string, url: string | null): string {
  return ICONS_OF_EVENTS[type] ?? (url === null ? "star" : "globe");
}

export function iconOf(one: Happening): string {
  return one.what === "event" ? iconOfEvent(one.type ?? "", one.url) : ICONS[one.what];
}

/** An address that may stand in a link; others are shown as text. */
export function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

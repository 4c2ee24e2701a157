// What is said about times and about mails whose fate is open: worked out here, put into words by texts.ts.
import type { Values } from "../i18n/define";
import type { UnknownMail, WaitingMails } from "./types";

/** The calendar day of a moment in that zone: "2026-12-01". */
export function dayOf(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(new Date(at));
}

/** -1 yesterday, 0 today, 1 tomorrow ... by the calendar of that zone. */
export function daysFrom(now: string, at: string, timeZone: string): number {
  return Math.round((Date.parse(dayOf(at, timeZone)) - Date.parse(dayOf(now, timeZone))) / 86_400_000);
}

export type Span = { text: "when_resumed" | "when_due" } | { first: string; last: string };

/** When waiting mails are looked at again. */
export function spanOf(one: WaitingMails, now: string): Span {
  if (one.earliest === null) return { text: "when_resumed" };
  const last = one.latest ?? one.earliest;
  if (Date.parse(last) <= Date.parse(now)) return { text: "when_due" };
  return { first: Date.parse(one.earliest) > Date.parse(now) ? one.earliest : now, last };
}

type FateText = "given_up" | "given_up_now" | "sent_again" | "sent_again_now";

/** What becomes of a mail whose fate is open. `near` writes a time. */
export function fateOf(mail: UnknownMail, now: string, near: (at: string) => string): [FateText, Values] {
  const values = { until: near(mail.decided_at), attempt: mail.attempts + 1, most: mail.most_attempts };
  return Date.parse(mail.decided_at) > Date.parse(now) ? [mail.fate, values] : [`${mail.fate}_now`, values];
}

/** Neighbours of which the same is told: after one broken request these are hundreds. */
export function alike(mails: UnknownMail[], told: (mail: UnknownMail) => string): UnknownMail[][] {
  const groups: { same: string; mails: UnknownMail[] }[] = [];
  for (const mail of mails) {
    const same = JSON.stringify([mail.journey, mail.step, mail.conn_id, mail.reason, told(mail)]);
    const last = groups.at(-1);
    if (last?.same === same) last.mails.push(mail);
    else groups.push({ same, mails: [mail] });
  }
  return groups.map((group) => group.mails);
}

export const PARTS = ["accepted", "rejected", "sending", "retryable", "unresolved", "given_up"] as const;

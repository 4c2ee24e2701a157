import type { FoundMails, MailSummary } from "./types";

export interface Shown {
  mails: MailSummary[];
  /** Where older mails begin; null: there are none. */
  nextBefore: number | null;
}

/** The newest page over what is shown already: older mails stay, unless mails came in that neither of both has. */
export function withNewest(shown: Shown, page: FoundMails): Shown {
  const last = page.mails.at(-1)?.message_id;
  const meets = page.next_before === null ? -1 : shown.mails.findIndex((mail) => mail.message_id === last);
  if (meets < 0) return { mails: page.mails, nextBefore: page.next_before };
  const older = shown.mails.slice(meets + 1);
  return { mails: [...page.mails, ...older], nextBefore: older.length ? shown.nextBefore : page.next_before };
}

export function withOlder(shown: Shown, page: FoundMails): Shown {
  const known = new Set(shown.mails.map((mail) => mail.message_id));
  const older = page.mails.filter((mail) => !known.has(mail.message_id));
  return { mails: [...shown.mails, ...older], nextBefore: page.next_before };
}

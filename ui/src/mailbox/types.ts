// What the server says about the sandbox mailbox: the models of airflow_ma/plugin/mailbox.py.
import type { Said } from "../api/types";

export interface MailSummary {
  message_id: number;
  to_address: string;
  to_name: string | null;
  sender: string;
  subject: string;
  journey: string;
  journey_title: string;
  step: string;
  step_title: string;
  template: string;
  contact: string | null;
  delivered_at: string;
  read: boolean;
  opened: boolean;
  opened_by_machine: boolean;
  clicked: boolean;
  replied: boolean;
  unsubscribed: boolean;
}

export interface MailEvent {
  type: string;
  title: Said;
  at: string;
  machine: boolean;
  url: string | null;
  text: string | null;
}

/** GET mailbox/{id} */
export interface Mail extends MailSummary {
  html: string;
  text: string;
  headers: Record<string, string>;
  events: MailEvent[];
}

/** POST mailbox/search {search, unread, before, limit} */
export interface FoundMails {
  mails: MailSummary[];
  next_before: number | null;
}

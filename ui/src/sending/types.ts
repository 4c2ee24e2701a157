// What the server says about sending: the models of airflow_ma/plugin/sending.py.
import type { Said } from "../api/types";

export interface Reason {
  reason: string;
  title: Said;
  number: number;
}

export interface Pause {
  conn_id: string;
  at: string;
  reason: string;
  may_resume: boolean;
}

export interface ConnectionSending {
  conn_id: string;
  channel: string;
  pause: Pause | null;
  accepted: number;
  rejected: number;
  reasons: Reason[];
  given_up: number;
  sending: number;
  retryable: number;
  next_try: string | null;
  unresolved: number;
}

export interface WaitingMails {
  journey: string;
  journey_title: string;
  step: string;
  step_title: string;
  why: string;
  title: Said;
  about: Said | null;
  reason: Said | null;
  number: number;
  earliest: string | null;
  latest: string | null;
}

export interface Suppressed extends Reason {
  new: number;
}

/** GET sending?hours= */
export interface SendingState {
  as_of: string;
  since: string;
  shortened: boolean;
  pauses: Pause[];
  connections: ConnectionSending[];
  waiting: WaitingMails[];
  suppressed: Suppressed[];
}

export interface UnknownMail {
  message_id: number;
  journey: string;
  journey_title: string;
  step: string;
  step_title: string;
  conn_id: string;
  since: string;
  reason: Said;
  attempts: number;
  most_attempts: number;
  fate: "given_up" | "sent_again";
  decided_at: string;
  recipient: { key: string; name: string | null; email: string | null } | null;
}

/** GET sending/unknown?limit=&after= */
export interface UnknownList {
  mails: UnknownMail[];
  next_after: string | null;
}

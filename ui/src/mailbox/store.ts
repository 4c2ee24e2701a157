// The list of mails: outlives the page, so that opening one keeps search, place and older mails.
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import { withNewest, withOlder, type Shown } from "./merge";
import type { FoundMails, MailSummary } from "./types";

interface MailListState extends Shown {
  search: string;
  unread: boolean;
  /** False until the first answer for what is looked for now. */
  loaded: boolean;
  error: ApiError | null;
  look: (wanted: { search?: string; unread?: boolean }) => void;
  refresh: () => Promise<void>;
  older: () => Promise<void>;
  seen: (messageId: number) => void;
}

const LIMIT = 50;
/** How far the list is scrolled, in pixels: beside the store, as nothing is drawn anew when it changes. */
export const place = { top: 0 };
let round = 0;
/** Looked at here: an answer that was under way meanwhile calls them unread. */
const looked = new Set<number>();
const fresh = (mail: MailSummary) => (looked.has(mail.message_id) && !mail.read ? { ...mail, read: true } : mail);

export const useMailList = create<MailListState>((set, get) => {
  const fetchPage = async (before: number | null, merge: (shown: Shown, page: FoundMails) => Shown) => {
    const mine = round;
    const { search, unread } = get();
    try {
      const found = await api.post<FoundMails>("mailbox/search", { search, unread, before, limit: LIMIT });
      const page = { ...found, mails: found.mails.map(fresh) };
      if (mine === round) set((state) => ({ ...merge(state, page), loaded: true, error: null }));
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (mine === round) set({ error: problem, loaded: true });
    }
  };
  return {
    mails: [],
    nextBefore: null,
    search: "",
    unread: false,
    loaded: false,
    error: null,
    look: (wanted) => {
      round += 1; // answers to what was looked for before come too late
      set({ ...wanted, mails: [], nextBefore: null, loaded: false });
      place.top = 0;
      void get().refresh();
    },
    refresh: () => fetchPage(null, withNewest),
    older: () => fetchPage(get().nextBefore, withOlder),
    seen: (messageId) => {
      looked.add(messageId);
      set((state) => ({ mails: state.mails.map(fresh) }));
    },
  };
});

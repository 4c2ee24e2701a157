// The contacts that were looked for: outlives the page, so that a look at one of them keeps search and place.
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import type { ContactList, ContactSummary } from "../api/types";

interface ContactListState {
  search: string;
  contacts: ContactSummary[];
  nextAfter: string | null;
  total: number;
  /** False until the first answer for what is looked for now. */
  loaded: boolean;
  error: ApiError | null;
  look: (search: string) => void;
  /** The list anew; what is shown stays meanwhile. */
  refresh: () => Promise<void>;
  more: () => Promise<void>;
}

const LIMIT = 50;
let round = 0;

export const useContactList = create<ContactListState>((set, get) => {
  const fetchPage = async (after: string | null) => {
    const mine = ++round; // answers to what was looked for before come too late
    try {
      const page = await api.post<ContactList>("contacts/search", { search: get().search, after, limit: LIMIT });
      if (mine !== round) return;
      set(({ contacts }) => ({
        contacts: after === null ? page.contacts : [...contacts, ...page.contacts],
        nextAfter: page.next_after,
        total: page.total,
        loaded: true,
        error: null,
      }));
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      if (mine === round) set({ error: problem, loaded: true });
    }
  };
  return {
    search: "",
    contacts: [],
    nextAfter: null,
    total: 0,
    loaded: false,
    error: null,
    look: (search) => {
      set({ search, contacts: [], nextAfter: null, loaded: false });
      void fetchPage(null);
    },
    refresh: () => fetchPage(null),
    more: () => fetchPage(get().nextAfter),
  };
});

// Who looks and what they may do: asked once a page load.
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import type { Me } from "../api/types";

interface MeState {
  me: Me | null;
  error: ApiError | null;
  load: () => Promise<void>;
}

export const useMe = create<MeState>((set) => ({
  me: null,
  error: null,
  load: async () => {
    try {
      set({ me: await api.get<Me>("me"), error: null });
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      set({ error: problem });
    }
  },
}));

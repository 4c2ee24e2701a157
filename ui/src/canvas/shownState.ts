import type { JourneyState } from "../api/types";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";

/** The state of what is on the page: changes that are not saved yet are changes, too. */
export function useShownState(): JourneyState {
  return useEditor(({ view, saving }) => {
    const state = view?.state ?? "draft";
    return state === "live" && saving !== "saved" ? "changed" : state;
  });
}

/** Whether who saved in between is the reader, in another tab. */
export function useMineElsewhere(): boolean {
  const me = useMe((state) => state.me?.name);
  return useEditor(({ conflict }) => conflict?.saved_by != null && conflict.saved_by === me);
}

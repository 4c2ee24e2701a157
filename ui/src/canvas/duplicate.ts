// A copy of the journey that is open, as a draft of its own.
import { api, ApiError } from "../api/client";
import type { JourneyView, NewJourney } from "../api/types";
import { hostNow } from "../host";
import { fill } from "../i18n/define";
import { useEditor } from "../journey/store";
import { go } from "../shell/route";
import { toast } from "../shell/toasts";
import { texts } from "./texts";

/** Makes the copy and goes there; says why when it could not be made. */
export async function duplicate(): Promise<void> {
  const { document, layout } = useEditor.getState();
  const { language } = hostNow();
  const body: NewJourney = { title: fill(texts.copy_of, language, { title: document.title }), document, layout };
  try {
    const made = await api.post<JourneyView>("journeys", body);
    go("journeys", made.document.key);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    toast("danger", problem.said[language]);
  }
}

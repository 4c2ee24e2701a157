// A copy of a journey, as a draft of its own.
import { api, ApiError } from "../api/client";
import type { JourneyDocument, JourneyView, Layout, NewJourney } from "../api/types";
import { hostNow } from "../host";
import { fill } from "../i18n/define";
import { useEditor } from "../journey/store";
import { go } from "../shell/route";
import { toast } from "../shell/toasts";
import { texts } from "./texts";

/** Of a title that is copied: the whole must not be longer than the server takes. */
const LONGEST = 190;

/** Copies the journey that is open. */
export async function duplicate(): Promise<void> {
  const { document, layout } = useEditor.getState();
  await makeCopy(document, layout);
}

/** Makes the copy and goes there; says why when it could not be made. */
export async function makeCopy(document: JourneyDocument, layout: Layout): Promise<void> {
  const { language } = hostNow();
  const title = fill(texts.copy_of, language, { title: document.title.slice(0, LONGEST) });
  const body: NewJourney = { title, document, layout };
  try {
    const made = await api.post<JourneyView>("journeys", body);
    go("journeys", made.document.key);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    toast("danger", problem.said[language]);
  }
}

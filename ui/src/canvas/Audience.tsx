// How many people a journey would let in now.
import { api } from "../api/client";
import type { AudienceCount, JourneyDocument } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { entryCondition } from "./entryCondition";
import { texts } from "./texts";

/** "240 people fit now": nothing when who fits depends on what they do, or when the reader may not know. */
export function Audience({ document }: { document: JourneyDocument }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const may = useEditor((state) => state.view?.may_see_contacts ?? false);
  const where = useEditor((state) => entryCondition(document, state.catalogue));
  const asked = may && where !== undefined ? JSON.stringify(where) : null;
  const { data } = useLoad(asked, () => api.post<AudienceCount>("audience", { where }));
  if (!data) return null;
  return (
    <p>
      <strong>
        {t("start_people", { n: formatNumber(data.count, language), m: formatNumber(data.mailable, language) })}
      </strong>
    </p>
  );
}

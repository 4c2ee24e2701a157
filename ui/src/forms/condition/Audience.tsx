// How many people a condition means right now, and a few of their names.
import { api } from "../../api/client";
import type { AudienceCount, Json } from "../../api/types";
import { useLoad } from "../../api/useLoad";
import { useHost } from "../../host";
import { useSaid, useTexts } from "../../i18n/define";
import { formatNumber } from "../../i18n/format";
import { Icon } from "../../shell/Icon";
import { contactName } from "../ContactPicker";
import { useMayAsk } from "../known";
import { useDebounced } from "../useDebounced";
import { readRoot } from "../condition";
import { isComplete } from "./rows";
import { texts } from "./texts";

const WAIT_MS = 500;
const NAMES = 3;

export function Audience(props: { where: Json }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const written = useDebounced(JSON.stringify(props.where), WAIT_MS);
  const where = JSON.parse(written) as Json;
  const complete = where === null || readRoot(where).parts.every(isComplete);
  const may = useMayAsk();
  const { data, error } = useLoad(complete && may ? `audience ${written}` : null, () =>
    api.post<AudienceCount>("audience", { where }),
  );
  if (!may) return null;
  if (!complete) return <p className="ma-audience ma-audience-quiet">{t("unfinished")}</p>;
  if (error) return <p className="ma-audience ma-audience-quiet">{say(error.said)}</p>;
  if (!data) return <p className="ma-audience ma-audience-quiet">{t("counting")}</p>;
  const number = (value: number) => formatNumber(value, language);
  const names = data.sample.slice(0, NAMES).map(contactName);
  const more = data.count > names.length ? " …" : "";
  return (
    <div className="ma-audience" role="status">
      <Icon name="people" size={18} />
      <div>
        <strong>{t("match", { count: number(data.count), total: number(data.total) })}</strong>
        <span>{t("mailable", { n: number(data.mailable) })}</span>
        <span className="ma-audience-bar" aria-hidden>
          <span style={{ width: `${String(data.total ? (100 * data.count) / data.total : 0)}%` }} />
        </span>
        {names.length > 0 && <span className="ma-field-help">{t("such_as", { names: names.join(t("comma")) + more })}</span>}
      </div>
    </div>
  );
}

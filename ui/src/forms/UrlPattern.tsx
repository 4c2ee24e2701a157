// A pattern of pages, with a look at which pages that people visited match it.
import { useState } from "react";
import { api } from "../api/client";
import type { UrlMatches } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { Combo } from "./Combo";
import { useKnown, useMayAsk } from "./known";
import { useDebounced } from "./useDebounced";
import { texts } from "./widgets/texts";

const MOST = 30;

export function UrlPattern(props: {
  id: string;
  labelId: string;
  label?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  readOnly: boolean;
  value: string;
  placeholder?: string;
  onChange: (pattern: string) => void;
}) {
  const t = useTexts(texts);
  const urls = useKnown("vocabulary").data?.urls ?? [];
  const [open, setOpen] = useState(false);
  const may = useMayAsk();
  const pattern = useDebounced(props.value, 400);
  const { data } = useLoad(pattern && may ? `urls ${pattern}` : null, () => api.post<UrlMatches>("urls", { pattern }));
  return (
    <div className="ma-url">
      <Combo
        id={props.id}
        labelId={props.labelId}
        {...(props.label ? { label: props.label } : {})}
        describedBy={props.describedBy}
        invalid={props.invalid ?? false}
        readOnly={props.readOnly}
        live
        free
        value={props.value}
        placeholder={props.placeholder ?? t("url_hint")}
        options={urls.map((url) => ({ value: url, label: url }))}
        onChange={props.onChange}
      />
      {data && props.value && (
        <div className="ma-url-result">
          <Icon name={data.matched.length ? "check" : "info"} size={14} />
          <span aria-live="polite">
            {data.matched.length ? t("url_matches", { n: data.matched.length }) : t("url_none")}
          </span>
          <Button
            small
            look="quiet"
            aria-expanded={open}
            onClick={() => {
              setOpen(!open);
            }}
          >
            {t("url_show")}
          </Button>
        </div>
      )}
      {open && data && props.value && (
        <div className="ma-url-pages">
          <Pages title={t("url_matched")} icon="check" urls={data.matched} />
          <Pages title={t("url_missed")} icon="minus" urls={data.missed} />
        </div>
      )}
    </div>
  );
}

function Pages(props: { title: string; icon: string; urls: readonly string[] }) {
  if (!props.urls.length) return null;
  return (
    <>
      <h4>
        <Icon name={props.icon} size={13} /> {props.title}
      </h4>
      <ul>
        {props.urls.slice(0, MOST).map((url) => (
          <li key={url}>{url}</li>
        ))}
        {props.urls.length > MOST && <li>…</li>}
      </ul>
    </>
  );
}

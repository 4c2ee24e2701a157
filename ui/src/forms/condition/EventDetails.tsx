// How often, how lately, where and how long something has to have happened.
import { useId, type ReactNode } from "react";
import type { Json } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { Button, IconButton } from "../../shell/Button";
import { Arranged } from "../Arranged";
import { UrlPattern } from "../UrlPattern";
import { DurationBox, SHORT_BOX } from "../widgets/duration";
import { NumberBox } from "../widgets/number";
import { showText } from "../widgets/text";
import { FIRST_DETAIL, missingDetails, type EventRow } from "./rows";
import { texts } from "./texts";

const WORDS = {
  times: { line: "times", name: "add_times" },
  within: { line: "within", name: "add_within" },
  url: { line: "url", name: "add_url" },
  dwell_at_least: { line: "dwell", name: "add_dwell" },
} as const;
type Detail = keyof typeof WORDS;

export function EventDetails(props: { row: EventRow; readOnly: boolean; onChange: (row: EventRow) => void }) {
  const t = useTexts(texts);
  const { row, readOnly, onChange } = props;
  const shown = (Object.keys(WORDS) as Detail[]).filter((name) => name in row.details);
  const put = (name: Detail, value: Json | undefined) => {
    const others = Object.entries(row.details).filter(([one]) => one !== name);
    onChange({ ...row, details: Object.fromEntries(value === undefined ? others : [...others, [name, value]]) });
  };
  return (
    <div className="ma-cond-details">
      {shown.map((name) => (
        <div key={name} className={`ma-cond-detail ${name === "url" ? "ma-cond-detail-wide" : ""}`}>
          <Arranged
            text={t(WORDS[name].line)}
            parts={{
              value: (
                <DetailInput
                  name={name}
                  value={row.details[name] ?? null}
                  readOnly={readOnly}
                  onChange={(value) => {
                    put(name, value ?? (name === "url" ? "" : FIRST_DETAIL[name]));
                  }}
                />
              ),
            }}
          />
          {!readOnly && (
            <IconButton
              small
              icon="close"
              label={t("remove_detail", { name: t(WORDS[name].name) })}
              onClick={() => {
                put(name, undefined);
              }}
            />
          )}
        </div>
      ))}
      {!readOnly && (
        <div className="ma-cond-more">
          {(missingDetails(row) as Detail[]).map((name) => (
            <Button
              key={name}
              small
              look="quiet"
              icon="plus"
              onClick={() => {
                put(name, FIRST_DETAIL[name]);
              }}
            >
              {t(WORDS[name].name)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

function DetailInput(props: {
  name: Detail;
  value: Json;
  readOnly: boolean;
  onChange: (value: Json | undefined) => void;
}): ReactNode {
  const t = useTexts(texts);
  const id = useId();
  const { name, value, readOnly, onChange } = props;
  const label = t(WORDS[name].name);
  if (name === "url") {
    return (
      <UrlPattern id={id} labelId={`${id}-label`} label={label} readOnly={readOnly} value={showText(value)} onChange={onChange} />
    );
  }
  const box = { value, empty: FIRST_DETAIL[name] ?? null, readOnly, label, onChange };
  if (name === "times") return <NumberBox {...box} minimum={1} maximum={1000} />;
  return <DurationBox {...box} {...(name === "dwell_at_least" ? SHORT_BOX : {})} />;
}

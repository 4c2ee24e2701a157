// The value a condition compares with: a choice, a number, several values, or text with suggestions.
import { useId } from "react";
import type { Json, KnownAttribute } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { Chips } from "../Chips";
import { Combo } from "../Combo";
import { NumberBox, readNumber } from "../widgets/number";
import { showText } from "../widgets/text";
import type { AttributeRow } from "./rows";
import { texts } from "./texts";

export function ValueEditor(props: {
  row: AttributeRow;
  type: KnownAttribute["type"];
  known: readonly (string | number | boolean)[];
  readOnly: boolean;
  onChange: (value: Json) => void;
}) {
  const t = useTexts(texts);
  const id = useId();
  const { row, type, readOnly, onChange } = props;
  const options = props.known.map((one) => ({ value: String(one), label: String(one) }));
  if (Array.isArray(row.value)) {
    return (
      <Chips
        id={id}
        labelId={`${id}-label`}
        label={t("value")}
        readOnly={readOnly}
        words={row.value.map(showText)}
        suggestions={options}
        onChange={(words) => {
          onChange(words.map((word) => (type === "number" ? (readNumber(word) ?? word) : word)));
        }}
      />
    );
  }
  if (type === "flag") {
    return (
      <select
        className="ma-input ma-cond-choice"
        aria-label={t("value")}
        disabled={readOnly}
        value={row.value === null ? "" : String(row.value)}
        onChange={(event) => {
          onChange(event.currentTarget.value === "true");
        }}
      >
        {row.value === null && <option value="">{t("choose")}</option>}
        <option value="true">{t("yes")}</option>
        <option value="false">{t("no")}</option>
      </select>
    );
  }
  if (type === "number" && row.operator !== "contains") {
    return (
      <NumberBox
        label={t("value")}
        value={row.value}
        empty={null}
        readOnly={readOnly}
        onChange={(value) => {
          onChange(value ?? null);
        }}
      />
    );
  }
  return (
    <Combo
      className="ma-cond-value"
      id={id}
      labelId={`${id}-label`}
      label={t("value")}
      placeholder={t("value")}
      live
      free
      readOnly={readOnly}
      value={showText(row.value)}
      options={options}
      onChange={(text) => {
        onChange(text || null);
      }}
    />
  );
}

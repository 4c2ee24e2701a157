// One line of a condition, like a sentence: "Orders | is at least | 3" / "買った回数 が 3 以上".
import { useId } from "react";
import { useSaid, useTexts } from "../../i18n/define";
import { IconButton } from "../../shell/Button";
import { Arranged } from "../Arranged";
import { Combo } from "../Combo";
import type { Row } from "../condition";
import { useKnown } from "../known";
import type { Option } from "../options";
import { about, comparisonOf, comparisons, compared, subjectOf, typeOf, type Comparison } from "./rows";
import { EventDetails } from "./EventDetails";
import { texts } from "./texts";
import { ValueEditor } from "./ValueEditor";

interface RowProps {
  row: Row;
  readOnly: boolean;
  onChange: (row: Row) => void;
  onRemove: () => void;
}

const LINES = { attribute: "line_attribute", tag: "line_tag", event: "line_event" } as const;

export function RowEditor(props: RowProps) {
  const t = useTexts(texts);
  const { row, readOnly } = props;
  const begun = subjectOf(row) !== "";
  // One line for all kinds of row: what it is about keeps the cursor while it changes.
  return (
    <div className="ma-cond" role="group" aria-label={t("subject")}>
      <div className="ma-cond-line">
        <Arranged
          text={begun ? t(LINES[row.type]) : "{subject}"}
          parts={{ subject: <Subject {...props} />, operator: <RowOperator {...props} />, value: <RowValue {...props} /> }}
        />
        {!readOnly && <IconButton small icon="close" label={t("remove")} onClick={props.onRemove} className="ma-cond-remove" />}
      </div>
      {row.type === "event" && <EventDetails row={row} readOnly={readOnly} onChange={props.onChange} />}
    </div>
  );
}

function Subject({ row, readOnly, onChange }: RowProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const id = useId();
  const vocabulary = useKnown("vocabulary").data;
  const options: Option[] = [
    ...(vocabulary?.attributes ?? []).map((one) => ({
      value: `attribute:${one.name}`,
      label: say(one.title),
      group: t("group_person"),
    })),
    { value: "tag", label: t("tag"), group: t("group_tag") },
    ...(vocabulary?.events ?? []).map((one) => ({
      value: `event:${one.type}`,
      label: say(one.title),
      group: t("group_event"),
    })),
  ];
  const now = subjectOf(row);
  // What nobody knows of yet is shown by its name.
  if (now && !options.some((one) => one.value === now)) options.push({ value: now, label: now.replace(/^\w+:/, "") });
  return (
    <Combo
      className="ma-cond-subject"
      id={id}
      labelId={`${id}-label`}
      label={t("subject")}
      placeholder={t("choose_subject")}
      free
      autoFocus={!now}
      readOnly={readOnly}
      value={now}
      options={options}
      onChange={(subject) => {
        if (subject && subject !== now) onChange(about(subject, vocabulary));
      }}
    />
  );
}

function RowOperator({ row, readOnly, onChange }: RowProps) {
  const vocabulary = useKnown("vocabulary").data;
  if (row.type === "attribute") {
    return (
      <Choice
        value={comparisonOf(row)}
        options={comparisons(typeOf(row, vocabulary), row)}
        readOnly={readOnly}
        onChange={(chosen) => {
          onChange(compared(row, chosen as Comparison));
        }}
      />
    );
  }
  const [yes, no] = row.type === "tag" ? ["has", "has_not"] : ["did", "did_not"];
  return (
    <Choice
      value={row.negated ? no : yes}
      options={[yes, no]}
      readOnly={readOnly}
      onChange={(chosen) => {
        onChange({ ...row, negated: chosen === no });
      }}
    />
  );
}

function RowValue({ row, readOnly, onChange }: RowProps) {
  const t = useTexts(texts);
  const id = useId();
  const vocabulary = useKnown("vocabulary").data;
  if (row.type === "event" || (row.type === "attribute" && row.operator === "known")) return null;
  if (row.type === "attribute") {
    return (
      <ValueEditor
        row={row}
        type={typeOf(row, vocabulary)}
        known={vocabulary?.attributes.find((one) => one.name === row.name)?.values ?? []}
        readOnly={readOnly}
        onChange={(value) => {
          onChange({ ...row, value });
        }}
      />
    );
  }
  return (
    <Combo
      className="ma-cond-value"
      id={id}
      labelId={`${id}-label`}
      label={t("which_tag")}
      placeholder={t("which_tag")}
      free
      readOnly={readOnly}
      value={row.tag}
      options={(vocabulary?.tags ?? []).map((tag) => ({ value: tag, label: tag }))}
      onChange={(tag) => {
        onChange({ ...row, tag });
      }}
    />
  );
}

function Choice(props: {
  value: string;
  options: readonly string[];
  readOnly: boolean;
  onChange: (value: string) => void;
}) {
  const t = useTexts(texts);
  const name = (option: string) => option.replace("not:", "not_") as keyof typeof texts;
  return (
    <select
      className="ma-input ma-cond-choice"
      aria-label={t("operator")}
      disabled={props.readOnly}
      value={props.value}
      onChange={(event) => {
        props.onChange(event.currentTarget.value);
      }}
    >
      {props.options.map((option) => (
        <option key={option} value={option}>
          {t(name(option))}
        </option>
      ))}
    </select>
  );
}

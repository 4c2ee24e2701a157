import type { KeyboardEvent } from "react";
import type { Json } from "../../api/types";
import { tied, type Widget, type WidgetProps } from "../widget";
import { useDraft } from "../useDraft";
import { showText } from "./text";

/** A number, full-width digits too; other text stays as it was typed, for the check to complain about. */
export function readNumber(text: string): Json | undefined {
  const plain = text.normalize("NFKC").replace(/[,、\s]/g, "").replace(/^\u30fc/, "-");
  if (plain === "") return undefined;
  return /^[-+]?\d+(\.\d*)?$|^[-+]?\.\d+$/.test(plain) ? Number(plain) : text;
}

/** The value one arrow key further, within the bounds. */
export function stepped(value: Json, by: number, minimum: number | null, maximum: number | null): number {
  const next = (typeof value === "number" ? value : 0) + by;
  return Math.min(Math.max(next, minimum ?? -Infinity), maximum ?? Infinity);
}

export function NumberBox(props: {
  value: Json;
  empty: Json;
  onChange: (value: Json | undefined) => void;
  readOnly: boolean;
  minimum?: number | null;
  maximum?: number | null;
  id?: string;
  label?: string;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
}) {
  const { value, empty, onChange, minimum = null, maximum = null } = props;
  const draft = useDraft({ value, empty, show: showText, read: readNumber, onChange });
  const arrows = (event: KeyboardEvent) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by === undefined || event.nativeEvent.isComposing) return;
    event.preventDefault();
    draft.type(String(stepped(value, by, minimum, maximum)));
  };
  return (
    <input
      id={props.id}
      className="ma-input ma-number"
      inputMode="decimal"
      autoComplete="off"
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid || undefined}
      disabled={props.readOnly}
      value={draft.text}
      onBlur={draft.leave}
      onKeyDown={arrows}
      onChange={(event) => {
        draft.type(event.currentTarget.value);
      }}
    />
  );
}

function NumberInput({ field, value, onChange, ids, readOnly }: WidgetProps) {
  const { id, ...described } = tied(ids);
  return (
    <NumberBox
      id={id}
      describedBy={described["aria-describedby"]}
      invalid={described["aria-invalid"]}
      value={value}
      empty={field.default}
      onChange={onChange}
      readOnly={readOnly}
      minimum={field.minimum}
      maximum={field.maximum}
    />
  );
}

export const number: Widget = { Input: NumberInput };

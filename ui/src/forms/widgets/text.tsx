import type { Widget, WidgetProps } from "../widget";
import { tied } from "../widget";
import { useDraft } from "../useDraft";
import { useSaid } from "../../i18n/define";
import { isText } from "../values";
import type { Json } from "../../api/types";

/** Other JSON than text is shown as it is written, so that nothing is lost by looking at it. */
export function showText(value: Json): string {
  if (value === null) return "";
  return isText(value) ? value : JSON.stringify(value);
}

function useText({ value, field, onChange }: WidgetProps) {
  const say = useSaid();
  // Some words that may stand here have a name in each language.
  const show = (now: Json) => {
    const named = field.choices.find((one) => one.value === now);
    return named ? say(named.title) : showText(now);
  };
  const read = (text: string) => field.choices.find((one) => say(one.title) === text)?.value ?? (text || undefined);
  const draft = useDraft({ value, empty: field.default, show, read, onChange });
  return {
    value: draft.text,
    onBlur: draft.leave,
    onChange: (event: { currentTarget: { value: string } }) => {
      draft.type(event.currentTarget.value);
    },
  };
}

function TextInput(props: WidgetProps) {
  const { field } = props;
  const max = field.max_length ?? undefined;
  return <input className="ma-input" {...tied(props.ids)} disabled={props.readOnly} maxLength={max} {...useText(props)} />;
}

function LongTextInput(props: WidgetProps) {
  return (
    <textarea
      className="ma-input ma-long-text"
      rows={3}
      {...tied(props.ids)}
      disabled={props.readOnly}
      maxLength={props.field.max_length ?? undefined}
      {...useText(props)}
    />
  );
}

export const text: Widget = { Input: TextInput };
export const longText: Widget = { Input: LongTextInput };

import { Chips } from "../Chips";
import { useKnown } from "../known";
import { textsOf } from "../values";
import type { Widget, WidgetProps } from "../widget";

function WordsInput({ value, onChange, ids, readOnly }: WidgetProps) {
  const tags = useKnown("vocabulary").data?.tags ?? [];
  return (
    <Chips
      id={ids.id}
      labelId={ids.labelId}
      describedBy={ids.describedBy}
      invalid={ids.invalid}
      readOnly={readOnly}
      words={textsOf(value)}
      suggestions={tags.map((tag) => ({ value: tag, label: tag }))}
      onChange={(words) => {
        onChange(words.length ? words : undefined);
      }}
    />
  );
}

export const words: Widget = { Input: WordsInput };

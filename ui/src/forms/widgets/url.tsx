import { UrlPattern } from "../UrlPattern";
import type { Widget, WidgetProps } from "../widget";
import { showText } from "./text";

function UrlInput({ value, onChange, ids, readOnly }: WidgetProps) {
  return (
    <UrlPattern
      id={ids.id}
      labelId={ids.labelId}
      describedBy={ids.describedBy}
      invalid={ids.invalid}
      readOnly={readOnly}
      value={showText(value)}
      onChange={(pattern) => {
        onChange(pattern || undefined);
      }}
    />
  );
}

export const url: Widget = { Input: UrlInput };

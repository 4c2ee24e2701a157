import { useId } from "react";
import type { Json } from "../../api/types";
import { useSaid, useTexts } from "../../i18n/define";
import { Combo } from "../Combo";
import { happensOnPages } from "../condition/rows";
import { useKnown } from "../known";
import { UrlPattern } from "../UrlPattern";
import { isObject } from "../values";
import type { Ids, Widget, WidgetProps } from "../widget";
import { showText } from "./text";
import { texts } from "./texts";

export function EventPicker(props: {
  ids: Ids;
  readOnly: boolean;
  value: string;
  autoFocus?: boolean;
  onChange: (type: string) => void;
}) {
  const t = useTexts(texts);
  const say = useSaid();
  const events = useKnown("vocabulary").data?.events ?? [];
  return (
    <Combo
      id={props.ids.id}
      labelId={props.ids.labelId}
      describedBy={props.ids.describedBy}
      invalid={props.ids.invalid}
      readOnly={props.readOnly}
      free
      autoFocus={props.autoFocus ?? false}
      value={props.value}
      placeholder={t("choose_event")}
      options={events.map((one) => ({ value: one.type, label: say(one.title) }))}
      onChange={props.onChange}
    />
  );
}

function EventInput({ value, onChange, ids, readOnly }: WidgetProps) {
  return (
    <EventPicker
      ids={ids}
      readOnly={readOnly}
      value={showText(value)}
      onChange={(type) => {
        onChange(type || undefined);
      }}
    />
  );
}

/** The event with its page; nothing once both are empty. Other keys stay. */
export function entryEvent(value: Json, patch: { event?: string; url?: string }): Json | undefined {
  const next = { ...(isObject(value) ? value : {}), ...patch };
  if (!next.url) delete next.url;
  return next.event || next.url ? { event: "", ...next } : undefined;
}

function EntryEventInput({ value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const pageId = useId();
  const now = isObject(value) ? value : {};
  const event = showText(now.event ?? "");
  const page = showText(now.url ?? "");
  return (
    <div className="ma-stack">
      <EventPicker
        ids={ids}
        readOnly={readOnly}
        value={event}
        onChange={(type) => {
          onChange(entryEvent(value, type ? { event: type } : { event: "", url: "" }));
        }}
      />
      {(page || (event && happensOnPages(event))) && (
        <UrlPattern
          id={pageId}
          labelId={`${pageId}-label`}
          label={t("on_page")}
          placeholder={t("on_page")}
          readOnly={readOnly}
          value={page}
          onChange={(pattern) => {
            onChange(entryEvent(value, { url: pattern }));
          }}
        />
      )}
    </div>
  );
}

export const event: Widget = { Input: EventInput };
export const entryEventWidget: Widget = { Input: EntryEventInput, group: true };

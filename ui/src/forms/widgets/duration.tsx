import { useState } from "react";
import type { Json } from "../../api/types";
import { useHost } from "../../host";
import { useTexts } from "../../i18n/define";
import { formatDuration, parseDuration, readAmounts, type Unit } from "../duration";
import { useDraft } from "../useDraft";
import { isText } from "../values";
import { tied, type Widget, type WidgetProps } from "../widget";
import { readNumber } from "./number";
import { showText } from "./text";
import { texts } from "./texts";

const USUAL: readonly Unit[] = ["minute", "hour", "day", "week"];
const SHORT: readonly Unit[] = ["second", "minute", "hour"];

interface BoxProps {
  /** Units to choose from. */
  offered?: readonly Unit[];
  /** The unit while there is no number. */
  first?: Unit;
  value: Json;
  empty: Json;
  onChange: (value: Json | undefined) => void;
  readOnly: boolean;
  id?: string;
  label?: string;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
}

/** A number and a unit when the value is that simple; null for "1 day 2 hours", which is edited as text. */
export function simple(value: Json): { count: string; unit: Unit } | null {
  if (value === null) return { count: "", unit: "day" };
  const amounts = isText(value) ? readAmounts(value) : null;
  const only = amounts?.length === 1 ? amounts[0] : undefined;
  return only ? { count: String(only.count), unit: only.unit } : null;
}

/** "3 days" as the server writes it, whatever the language of the page. */
export function written(count: string, unit: Unit): Json | undefined {
  const number = readNumber(count);
  if (number === undefined) return undefined;
  return `${String(number)} ${unit}${number === 1 ? "" : "s"}`;
}

export function DurationBox(props: BoxProps) {
  const t = useTexts(texts);
  // A unit chosen before there is a number, and the wish to write in words, are the page's alone.
  const [wish, setWish] = useState<Unit | "words" | null>(null);
  const amount = simple(props.value);
  // While a number is half typed the value is no length of time yet, and the unit stays.
  const [typing, setTyping] = useState<Unit | null>(null);
  const inWords = wish === "words" || (amount === null && typing === null);
  const unit = typing ?? (props.value === null && wish !== "words" ? wish : null) ?? (amount?.count ? amount.unit : (props.first ?? "day"));

  if (inWords) {
    return (
      <WordsBox
        {...props}
        onTyping={() => {
          setWish("words");
        }}
        onLeave={() => {
          setWish(null);
        }}
      />
    );
  }
  const { offered = USUAL } = props;
  const units = offered.includes(unit) ? offered : [unit, ...offered];
  return (
    <div className="ma-duration">
      <CountBox {...props} unit={unit} onTyping={setTyping} />
      <select
        className="ma-input"
        aria-label={props.label ? `${props.label} ${t("unit")}` : t("unit")}
        disabled={props.readOnly}
        value={unit}
        onChange={(event) => {
          const next = event.currentTarget.value as Unit | "words";
          setWish(next);
          if (next !== "words" && amount?.count) props.onChange(written(amount.count, next));
        }}
      >
        {units.map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
        <option value="words">{t("as_text")}</option>
      </select>
    </div>
  );
}

function CountBox(props: BoxProps & { unit: Unit; onTyping: (unit: Unit | null) => void }) {
  const draft = useDraft({
    value: props.value,
    empty: props.empty,
    show: (value) => simple(value)?.count ?? showText(value),
    read: (text) => written(text, props.unit),
    onChange: props.onChange,
  });
  return (
    <input
      className="ma-input ma-number"
      id={props.id}
      inputMode="decimal"
      autoComplete="off"
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid || undefined}
      disabled={props.readOnly}
      value={draft.text}
      onChange={(event) => {
        props.onTyping(props.unit);
        draft.type(event.currentTarget.value);
      }}
      onBlur={() => {
        props.onTyping(null);
        draft.leave();
      }}
    />
  );
}

function WordsBox(props: BoxProps & { onTyping: () => void; onLeave: () => void }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const draft = useDraft({
    value: props.value,
    empty: props.empty,
    show: showText,
    read: (text) => text || undefined,
    onChange: props.onChange,
  });
  const ms = isText(props.value) ? parseDuration(props.value) : null;
  const said = ms === null ? "" : formatDuration(ms, language);
  return (
    <div>
      <input
        className="ma-input"
        id={props.id}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        disabled={props.readOnly}
        placeholder={t("as_text_example")}
        value={draft.text}
        onChange={(event) => {
          // Emptied for a moment, it would else become a number and a unit under the writer's hands.
          props.onTyping();
          draft.type(event.currentTarget.value);
        }}
        onBlur={() => {
          draft.leave();
          props.onLeave();
        }}
      />
      {said && said !== draft.text && <span className="ma-field-help">{t("duration_is", { text: said })}</span>}
    </div>
  );
}

function DurationInput({ field, value, onChange, ids, readOnly }: WidgetProps) {
  const box = tied(ids);
  const short = field.widget === "short_duration";
  return (
    <DurationBox
      {...(short ? SHORT_BOX : {})}
      id={box.id}
      describedBy={box["aria-describedby"]}
      invalid={box["aria-invalid"]}
      value={value}
      empty={field.default}
      onChange={onChange}
      readOnly={readOnly}
    />
  );
}

/** For how long somebody looks at something. */
export const SHORT_BOX = { offered: SHORT, first: "second" } as const;

export const duration: Widget = { Input: DurationInput };

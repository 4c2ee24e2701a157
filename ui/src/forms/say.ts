// How each widget says its value within a sentence: "3 days", the title of a step, a template's subject.
import type { Json, SettingField, TemplateSummary } from "../api/types";
import type { Language } from "../host";
import { fill } from "../i18n/define";
import { stepTitle } from "../journey/outcomes";
import type { SayContext } from "./context";
import { attributeTitle, eventTitle, sayCondition, sayDuration, sayScalar } from "./sayCondition";
import { texts } from "./texts";
import { isObject, isText, textsOf } from "./values";

/** The value in words; null when it says nothing, so that something is missing. */
export type Say = (value: Json, field: SettingField, context: SayContext) => string | null;

const plain: Say = (value, _field, context) =>
  isObject(value) || Array.isArray(value) ? JSON.stringify(value) : sayScalar(value, context) || null;

/** A text that has a name of its own is said by that. */
const named: Say = (value, field, context) =>
  field.choices.find((one) => one.value === value)?.title[context.language] ?? plain(value, field, context);

const list: Say = (value, _field, context) => textsOf(value).join(fill(texts.comma, context.language)) || null;

const length: Say = (value, _field, context) => (isText(value) ? sayDuration(value, context.language) : null);

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** A template's subject in that language, else in the first there is, as somebody of whom nothing is known gets it. */
export function subjectOf(template: TemplateSummary, language: Language): string {
  const written = template.subjects[language] ?? Object.values(template.subjects)[0] ?? "";
  return written
    .replace(/\{%-?\s*if\b.*?%\}(.*?)\{%-?\s*endif\s*-?%\}/g, (_, inner: string) => inner.split(/\{%-?\s*else\s*-?%\}/)[1] ?? "")
    .replace(/\{%.*?%\}/g, "")
    .replace(/\{\{.*?\}\}/g, "…")
    .trim();
}

const template: Say = (value, _field, context) => {
  const known = context.templates?.find((one) => one.name === value);
  return (known && subjectOf(known, context.language)) || (isText(value) ? value : null);
};

const event: Say = (value, _field, context) => (isText(value) && value ? eventTitle(value, context) : null);

export const SAYS: Record<string, Say> = {
  text: named,
  long_text: plain,
  number: plain,
  switch: plain,
  choice: (value, field, context) => field.choices.find((one) => one.value === value)?.title[context.language] ?? String(value),
  duration: length,
  short_duration: length,
  time: plain,
  time_window: (value, _field, context) => {
    const [from, to] = textsOf(value);
    return from && to ? fill(texts.window, context.language, { from, to }) : null;
  },
  weekdays: (value, _field, context) => {
    if (value === "business_days") return fill(texts.business_days, context.language);
    const days = DAYS.filter((day) => textsOf(value).includes(day)).map((day) => fill(texts[day], context.language));
    return days.join(fill(texts.between_days, context.language)) || null;
  },
  words: list,
  values: (value, _field, context) => {
    if (!isObject(value)) return null;
    const said = Object.entries(value).map(([key, one]) => {
      const name = attributeTitle(key, context);
      if (one === null) return fill(texts.forgotten, context.language, { name });
      return fill(texts.set_to, context.language, { name, value: sayScalar(one, context) });
    });
    return said.join(fill(texts.comma, context.language)) || null;
  },
  template,
  connection: plain,
  step: (value, _field, context) => {
    const found = context.document.steps.find((one) => one.id === value);
    return found ? stepTitle(found, context.catalogue, (said) => said[context.language]) : value === "" ? null : fill(texts.gone_step, context.language);
  },
  url: (value, field, context) => (value === "*" ? fill(texts.any_page, context.language) : plain(value, field, context)),
  event,
  entry_event: (value, field, context) => {
    const said = isObject(value) ? event(value.event ?? "", field, context) : null;
    const url = isObject(value) && isText(value.url) && value.url;
    return said && url ? fill(texts.event_on, context.language, { event: said, url }) : said;
  },
  condition: (value, _field, context) => sayCondition(value, context, true),
  branches: (value, _field, context) =>
    isObject(value) ? Object.keys(value).join(fill(texts.comma, context.language)) || null : null,
  shares: (value) =>
    isObject(value)
      ? Object.entries(value)
          .map(([name, share]) => `${name} ${String(share)}%`)
          .join(" / ") || null
      : null,
};

/** Widgets that are not known say their value as it is. */
export function sayOf(widget: string): Say {
  return SAYS[widget] ?? plain;
}

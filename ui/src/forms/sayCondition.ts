// A condition in plain words: "rank is gold and has the tag vip".
import type { Json, Said } from "../api/types";
import { fill } from "../i18n/define";
import { readCondition, type Group, type Joint, type Node, type Operator, type Row } from "./condition";
import { isComplete } from "./condition/rows";
import type { SayContext } from "./context";
import { formatDuration, parseDuration } from "./duration";
import { texts } from "./texts";
import { isText } from "./values";

type Words = Pick<SayContext, "language" | "vocabulary">;

/** brief: of a long list only the first two parts are said. */
export function sayCondition(json: Json, context: Words, brief = false): string {
  return sayNode(readCondition(json), context, brief);
}

export function sayNode(node: Node, context: Words, brief = false): string {
  if (node.type === "kept") return fill(texts.unreadable, context.language);
  if (node.type !== "group" && !isComplete(node)) return fill(texts.unfinished, context.language);
  return node.type === "group" ? sayGroup(node, context, brief) : sayRow(node, context);
}

const JOINTS: Record<Joint, Said> = { all: texts.and, any: texts.or, none: texts.or, not_all: texts.and };

function sayGroup(group: Group, context: Words, brief: boolean): string {
  const { language } = context;
  const shown = brief && group.parts.length > 2 ? group.parts.slice(0, 2) : group.parts;
  const said = shown.map((part) => {
    const text = sayNode(part, context, brief);
    const wrap = part.type === "group" && part.parts.length > 1 && (part.joint === "all" || part.joint === "any");
    return wrap && group.parts.length > 1 ? fill(texts.brackets, language, { text }) : text;
  });
  let text = said.join(fill(JOINTS[group.joint], language));
  const left = group.parts.length - shown.length;
  if (left) text = fill(texts.more, language, { text, n: left });
  return group.joint === "none" || group.joint === "not_all" ? fill(texts.not_that, language, { text }) : text;
}

function sayRow(row: Row, context: Words): string {
  const { language } = context;
  if (row.type === "tag") return fill(row.negated ? texts.has_no_tag : texts.has_tag, language, { tag: row.tag });
  if (row.type === "event") return sayEvent(row, context);
  const name = attributeTitle(row.name, context);
  const value = sayScalar(row.value, context);
  const values = Array.isArray(row.value)
    ? new Intl.ListFormat(language, { type: row.negated ? "conjunction" : "disjunction" }).format(
        row.value.map((one) => sayScalar(one, context)),
      )
    : value;
  // "not known: false" is known, "not is not" is is.
  if (row.operator === "known") {
    return fill((row.value === false) === row.negated ? texts.say_known : texts.say_not_known, language, { name });
  }
  const phrase: Record<Operator, [Said, Said]> = {
    is: [texts.say_is, texts.say_is_not],
    is_not: [texts.say_is_not, texts.say_is],
    one_of: [texts.say_one_of, texts.say_not_one_of],
    at_least: [texts.say_at_least, texts.say_not_at_least],
    at_most: [texts.say_at_most, texts.say_not_at_most],
    contains: [texts.say_contains, texts.say_not_contains],
    known: [texts.say_known, texts.say_not_known],
  };
  return fill(phrase[row.operator][row.negated ? 1 : 0], language, { name, value, values });
}

function sayEvent(row: Row & { type: "event" }, context: Words): string {
  const { language } = context;
  const { url, times, within, dwell_at_least: stay } = row.details;
  const event = eventTitle(row.event, context);
  // A name that nobody translated does not become a Japanese verb.
  const named = language === "ja" && /^[\x20-\x7e]*$/.test(event);
  const phrase = row.negated
    ? named
      ? texts.did_not_named
      : texts.did_not
    : named
      ? texts.did_named
      : texts.did;
  return fill(phrase, language, {
    event,
    page: isText(url) ? fill(texts.did_page, language, { url }) : "",
    stay: isText(stay) ? fill(texts.did_stay, language, { duration: sayDuration(stay, language) }) : "",
    times: typeof times === "number" && times > 1 ? fill(texts.did_times, language, { n: times }) : "",
    within: isText(within) ? fill(texts.did_within, language, { duration: sayDuration(within, language) }) : "",
  });
}

export function sayDuration(written: string, language: SayContext["language"]): string {
  const ms = parseDuration(written);
  return ms === null ? written : formatDuration(ms, language);
}

export function sayScalar(value: Json, context: Words): string {
  if (typeof value === "boolean") return fill(value ? texts.yes : texts.no, context.language);
  return isText(value) ? value : JSON.stringify(value);
}

export function attributeTitle(name: string, { language, vocabulary }: Words): string {
  return vocabulary?.attributes.find((one) => one.name === name)?.title[language] || name;
}

export function eventTitle(type: string, { language, vocabulary }: Words): string {
  return vocabulary?.events.find((one) => one.type === type)?.title[language] || type;
}

// What a row of the condition editor may be, and what becomes of it when its parts are chosen anew.
import type { Json, KnownAttribute, Vocabulary } from "../../api/types";
import type { Node, Operator, Row } from "../condition";
import { isText } from "../values";

export type AttributeRow = Row & { type: "attribute" };
export type EventRow = Row & { type: "event" };

/** "is" or "not:contains": what the list of comparisons offers. */
export type Comparison = Operator | `not:${Operator}` | "unknown";

const BY_TYPE: Record<KnownAttribute["type"], Comparison[]> = {
  text: ["is", "is_not", "one_of", "not:one_of", "contains", "not:contains", "at_least", "at_most", "known", "unknown"],
  number: ["at_least", "at_most", "is", "is_not", "one_of", "not:one_of", "known", "unknown"],
  flag: ["is", "known", "unknown"],
};

/** Comparisons for that type of attribute; the row's own is always among them. */
export function comparisons(type: KnownAttribute["type"], row: AttributeRow): Comparison[] {
  const own = comparisonOf(row);
  const usual = BY_TYPE[type];
  return usual.includes(own) ? usual : [...usual, own];
}

export function comparisonOf(row: AttributeRow): Comparison {
  if (row.operator === "known") return (row.value === false) === row.negated ? "known" : "unknown";
  return row.negated ? `not:${row.operator}` : row.operator;
}

/** The row with another comparison; its value stays as far as the new one can use it. */
export function compared(row: AttributeRow, comparison: Comparison): AttributeRow {
  if (comparison === "known" || comparison === "unknown") {
    return { ...row, operator: "known", negated: false, value: comparison === "known" };
  }
  const negated = comparison.startsWith("not:");
  const operator = (negated ? comparison.slice(4) : comparison) as Operator;
  return { ...row, operator, negated, value: valueFor(operator, row.operator === "known" ? null : row.value) };
}

function valueFor(operator: Operator, value: Json): Json {
  if (operator === "one_of") return Array.isArray(value) ? value : value === null ? [] : [value];
  const single = Array.isArray(value) ? (value[0] ?? null) : value;
  return operator === "contains" && single !== null ? String(single) : single;
}

/** What an attribute is compared as: what the vocabulary knows, else what its value is. */
export function typeOf(row: AttributeRow, vocabulary: Vocabulary | null): KnownAttribute["type"] {
  const known = vocabulary?.attributes.find((one) => one.name === row.name);
  if (known) return known.type;
  const value = Array.isArray(row.value) ? row.value[0] : row.value;
  if (typeof value === "boolean" && row.operator !== "known") return "flag";
  return typeof value === "number" ? "number" : "text";
}

/** "attribute:rank", "tag", "event:page.view": the choices of the first list. */
export function subjectOf(row: Row): string {
  if (row.type === "tag") return "tag";
  if (row.type === "event") return `event:${row.event}`;
  return row.name ? `attribute:${row.name}` : "";
}

/** A row about something else, with the comparison that is usual there. Own words name an attribute. */
export function about(subject: string, vocabulary: Vocabulary | null): Row {
  if (subject === "tag") return { type: "tag", negated: false, tag: "" };
  if (subject.startsWith("event:")) return { type: "event", negated: false, event: subject.slice(6), details: {} };
  const name = subject.replace(/^attribute:/, "");
  const row: AttributeRow = { type: "attribute", negated: false, name, operator: "is", value: null };
  const type = vocabulary?.attributes.find((one) => one.name === name)?.type;
  if (type === "number") return { ...row, operator: "at_least" };
  return type === "flag" ? { ...row, value: true } : row;
}

export const NEW_ROW: Row = { type: "attribute", negated: false, name: "", operator: "is", value: null };

/** Whether everything is filled in, so that people can be counted. */
export function isComplete(node: Node): boolean {
  if (node.type === "kept") return true;
  if (node.type === "group") return node.parts.length > 0 && node.parts.every(isComplete);
  if (node.type === "tag") return node.tag !== "";
  if (node.type === "event") return node.event !== "";
  const empty = node.value === null || (isText(node.value) && node.value === "");
  return node.name !== "" && !empty && !(Array.isArray(node.value) && node.value.length === 0);
}

/** Details an event may have that this one does not have yet. */
export function missingDetails(row: EventRow): string[] {
  const onPages = row.event === "" || /^page\b/.test(row.event);
  const may = ["times", "within", ...(happensOnPages(row.event) ? ["url"] : []), ...(onPages ? ["dwell_at_least"] : [])];
  return may.filter((name) => !(name in row.details));
}

/** Whether the event has an address: visits and clicks have one, and what nobody knows here may have one. */
export function happensOnPages(event: string): boolean {
  return !/^(order|consent|reply)\b|^email\.(?!click)/.test(event);
}

export const FIRST_DETAIL: Record<string, Json> = { times: 2, within: "30 days", url: "*", dwell_at_least: "30 seconds" };

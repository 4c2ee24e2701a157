// Conditions on contacts: read into a tree that can be edited, written back as they were, said in words.
import type { Json } from "../api/types";
import { isObject, isText, type JsonObject } from "./values";

export type Operator = "is" | "is_not" | "one_of" | "at_least" | "at_most" | "contains" | "known";
export const OPERATORS: readonly Operator[] = ["is", "is_not", "one_of", "at_least", "at_most", "contains", "known"];

/** One line: about an attribute, a tag or something that happened. */
export type Row =
  | { type: "attribute"; negated: boolean; name: string; operator: Operator; value: Json }
  | { type: "tag"; negated: boolean; tag: string }
  | { type: "event"; negated: boolean; event: string; details: JsonObject };

/** all: every part holds. any: at least one. none, not_all: their opposites. */
export type Joint = "all" | "any" | "none" | "not_all";
export interface Group {
  type: "group";
  joint: Joint;
  parts: Node[];
}

/** Kept as it is: the editor has no form for it. */
export interface Kept {
  type: "kept";
  json: Json;
}

export type Node = Row | Group | Kept;

const EVENT_DETAILS = new Set(["event", "url", "times", "within", "dwell_at_least"]);

export function readCondition(json: Json): Node {
  return readPart(json, false) ?? { type: "kept", json };
}

function readPart(json: Json, negated: boolean): Node | null {
  if (!isObject(json)) return null;
  if ("not" in json && only(json, "not") && !negated) return readPart(json.not ?? null, true);
  for (const key of ["all", "any"] as const) {
    const parts = json[key];
    if (!Array.isArray(parts) || !only(json, key)) continue;
    const joint: Joint = negated ? (key === "all" ? "not_all" : "none") : key;
    return { type: "group", joint, parts: parts.map(readCondition) };
  }
  if (isText(json.tag) && only(json, "tag")) return { type: "tag", negated, tag: json.tag };
  if (isText(json.event) && Object.keys(json).every((key) => EVENT_DETAILS.has(key))) {
    const { event, ...details } = json;
    return { type: "event", negated, event: isText(event) ? event : "", details };
  }
  return isText(json.attribute) ? readAttribute(json, json.attribute, negated) : null;
}

function readAttribute(json: JsonObject, name: string, negated: boolean): Row | null {
  const keys = Object.keys(json).filter((key) => key !== "attribute");
  const operator = OPERATORS.find((one) => one === keys[0]);
  if (keys.length !== 1 || !operator) return null;
  return { type: "attribute", negated, name, operator, value: json[operator] ?? null };
}

function only(json: JsonObject, key: string): boolean {
  return Object.keys(json).length === 1 && key in json;
}

export function writeCondition(node: Node): Json {
  switch (node.type) {
    case "kept":
      return node.json;
    case "group": {
      const key = node.joint === "all" || node.joint === "not_all" ? "all" : "any";
      return not(node.joint === "none" || node.joint === "not_all", { [key]: node.parts.map(writeCondition) });
    }
    case "tag":
      return not(node.negated, { tag: node.tag });
    case "event":
      return not(node.negated, { event: node.event, ...node.details });
    case "attribute":
      return not(node.negated, { attribute: node.name, [node.operator]: node.value });
  }
}

function not(negated: boolean, json: JsonObject): Json {
  return negated ? { not: json } : json;
}

/** The whole of a field as one group: a single part counts as a group of one, nothing as an empty one. */
export function readRoot(json: Json | undefined): Group {
  if (json === null || json === undefined) return { type: "group", joint: "all", parts: [] };
  const node = readCondition(json);
  return node.type === "group" ? node : { type: "group", joint: "all", parts: [node] };
}

/** The shortest way to write the group; null when it has no part. */
export function writeRoot(group: Group): Json {
  const [first, ...others] = group.parts;
  if (!first) return null;
  const alone = others.length === 0 && (group.joint === "all" || group.joint === "any");
  // A lone group within would lose its frame on the screen, one that was not asked to go.
  return alone && first.type !== "group" ? writeCondition(first) : writeCondition(group);
}

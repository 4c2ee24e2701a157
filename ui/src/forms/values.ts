// Small questions about JSON values that forms ask all the time.
import type { Json } from "../api/types";

export type JsonObject = { [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}

/** The texts of a list; none when it is no list. */
export function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

/** Nothing was said: no value, an empty text, list or object. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

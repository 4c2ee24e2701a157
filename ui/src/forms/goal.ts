// A journey's goal as three plain fields.
import type { Json } from "../api/types";
import { isObject, isText } from "./values";

export interface Goal {
  event: string;
  url: string;
  within: string;
}

const PARTS = ["event", "url", "within"];

/** null: a goal that has no form here, and is kept as it is. */
export function readGoal(goal: Json): Goal | null {
  if (!isObject(goal) || !isText(goal.event)) return null;
  const fits = Object.entries(goal).every(([name, value]) => PARTS.includes(name) && (isText(value) || value === null));
  if (!fits) return null;
  return { event: goal.event, url: isText(goal.url) ? goal.url : "", within: isText(goal.within) ? goal.within : "" };
}

export function writeGoal(goal: Goal): Json {
  return {
    event: goal.event,
    ...(goal.url ? { url: goal.url } : {}),
    ...(goal.within ? { within: goal.within } : {}),
  };
}

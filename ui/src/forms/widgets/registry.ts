// Which component edits which widget. How each says its value in words: ../say.ts.
import type { Widget } from "../widget";
import { branches } from "./branches";
import { choice } from "./choice";
import { condition } from "./condition";
import { connection } from "./connection";
import { duration } from "./duration";
import { entryEventWidget, event } from "./event";
import { number } from "./number";
import { shares } from "./shares";
import { step } from "./step";
import { onOff } from "./switch";
import { template } from "./template";
import { longText, text } from "./text";
import { time, timeWindow } from "./time";
import { url } from "./url";
import { values } from "./values";
import { weekdays } from "./weekdays";
import { words } from "./words";

export const WIDGETS: Record<string, Widget> = {
  text,
  long_text: longText,
  number,
  switch: onOff,
  choice,
  duration,
  short_duration: duration,
  time,
  time_window: timeWindow,
  weekdays,
  words,
  values,
  template,
  connection,
  step,
  url,
  event,
  entry_event: entryEventWidget,
  condition,
  branches,
  shares,
};

/** Widgets that nobody knows here are edited as text. */
export function widgetOf(name: string): Widget {
  return WIDGETS[name] ?? text;
}

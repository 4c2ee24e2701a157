// What a step does, in one sentence: its kind's template with the values said by their widgets.
import type { Json, SettingField, StepDocument, StepKind } from "../api/types";
import { fill } from "../i18n/define";
import { valueOf } from "../journey/outcomes";
import type { SayContext } from "./context";
import { sayOf } from "./say";
import { texts } from "./texts";
import { isEmpty } from "./values";

export interface Part {
  text: string;
  /** A value of this step. */
  strong?: boolean;
  /** Nothing was chosen where something has to be. */
  missing?: boolean;
}

/** The sentence of a step, in parts to be shown one after the other; empty when its kind has no sentence. */
export function sentence(kind: StepKind, step: StepDocument, context: SayContext): Part[] {
  const parts = kind.sentence[context.language]
    .split(/\[([^\]]*)\]/)
    .flatMap((piece, place) => (place % 2 && !everySet(piece, step) ? [] : filled(piece, kind, step, context)));
  return joined(parts);
}

function filled(piece: string, kind: StepKind, step: StepDocument, context: SayContext): Part[] {
  return piece.split(/\{(\w+)\}/).map((text, place) => {
    if (place % 2 === 0) return { text };
    const field = kind.settings.find((one) => one.name === text);
    return field ? saidValue(field, valueOf(kind, step.settings, text), context) : { text: "" };
  });
}

function saidValue(field: SettingField, value: Json, context: SayContext): Part {
  const said = value === null ? null : sayOf(field.widget)(value, field, context);
  if (said) return { text: said, strong: true };
  if (field.required) {
    return { text: fill(texts.missing, context.language, { title: field.title[context.language] }), missing: true };
  }
  return { text: fill(field.widget === "condition" ? texts.everybody : texts.nothing, context.language), strong: true };
}

function everySet(piece: string, step: StepDocument): boolean {
  const names = [...piece.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
  return names.every((name) => {
    // What the author set, not what is usual anyway: "at least 1 times" says nothing.
    return name !== undefined && !isEmpty(step.settings[name]);
  });
}

/** Without empty parts, nor the comma of a first part that was left out; neighbours of the same look become one. */
function joined(parts: Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    const text = last ? part.text : part.text.replace(/^[\s,\u3001:]+/, "");
    if (!text) continue;
    if (last && !last.strong && !last.missing && !part.strong && !part.missing) last.text += text;
    else result.push({ ...part, text });
  }
  return result;
}

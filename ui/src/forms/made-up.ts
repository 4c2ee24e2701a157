/* eslint-disable no-restricted-syntax -- what tests make up is no text of our pages */
// Kinds, settings and words that tests make up: no real kind of step is known here.
import type { JourneyDocument, Json, Said, SettingField, StepDocument, StepKind, Vocabulary } from "../api/types";
import type { SayContext } from "./context";

export const both = (text: string): Said => ({ en: text, ja: text });

export function madeField(name: string, widget: string, more: Partial<SettingField> = {}): SettingField {
  return {
    name,
    title: { en: name, ja: `${name}の名前` },
    help: null,
    widget,
    required: false,
    default: null,
    refers_to: [],
    advanced: false,
    choices: [],
    minimum: null,
    maximum: null,
    max_length: null,
    ...more,
  };
}

export function madeKind(kind: string, settings: SettingField[], more: Partial<StepKind> = {}): StepKind {
  return {
    kind,
    title: { en: `The ${kind}`, ja: `${kind}の題` },
    about: both("What it is for"),
    sentence: both(""),
    group: "act",
    icon: "dot",
    primary: true,
    is_entry: false,
    is_end: false,
    outcomes: ["done"],
    outcome_settings: [],
    outcome_titles: { done: { en: "Done", ja: "完了" } },
    optional_outcomes: [],
    settings,
    ...more,
  };
}

export function madeStep(id: string, kind: string, settings: Record<string, Json> = {}, more: Partial<StepDocument> = {}): StepDocument {
  return { id, kind, title: null, settings, next: {}, ...more };
}

export function madeDocument(steps: StepDocument[]): JourneyDocument {
  return { key: "made_up", title: "Made up", mode: "continuous", tags: [], goal: null, steps };
}

export const VOCABULARY: Vocabulary = {
  attributes: [
    { name: "rank", title: { en: "Rank", ja: "会員ランク" }, type: "text", values: ["gold", "silver"] },
    { name: "orders", title: { en: "Orders", ja: "買った回数" }, type: "number", values: [1, 3] },
    { name: "letters", title: { en: "Wants letters", ja: "メルマガ購読" }, type: "flag", values: [true, false] },
  ],
  tags: ["vip", "sale"],
  events: [
    { type: "page.view", title: { en: "Looked at a page", ja: "ページを閲覧" } },
    { type: "order.completed", title: { en: "Placed an order", ja: "注文" } },
  ],
  urls: ["https://shop.example/shoes"],
  timezones: ["Asia/Tokyo"],
};

export function madeContext(language: "en" | "ja", steps: StepDocument[], kinds: StepKind[]): SayContext {
  return {
    language,
    document: madeDocument(steps),
    catalogue: new Map(kinds.map((kind) => [kind.kind, kind])),
    templates: [
      {
        name: "spring",
        languages: ["en", "ja"],
        subjects: { en: "Spring sale, {{ contact.name }}!", ja: "春のセール" },
        problem: null,
      },
    ],
    vocabulary: VOCABULARY,
  };
}

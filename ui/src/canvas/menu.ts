// What the "+" menu offers: kinds that may follow, steps to connect to, and taking a connection away.
import type { JourneyDocument, Said, StepKind } from "../api/types";
import { validTargets } from "../journey/graph";
import { mayFollow } from "../journey/operations";
import { outcomesOf, outcomeTitle, stepOf, stepTitle, type Catalogue } from "../journey/outcomes";
import type { Menu } from "./canvasStore";

export type Option =
  | { does: "add"; kind: StepKind; title: string; about: string }
  | { does: "connect"; from: string; outcome: string; to: string; title: string; about: string; icon: string }
  | { does: "disconnect"; from: string; outcome: string; title: string; about: string }
  | { does: "outcome"; outcome: string; title: string; about: string };

export interface Section {
  name: "menu_add" | "menu_connect" | "menu_outcome" | null;
  options: Option[];
  /** How many more there are. */
  more: number;
}

export interface MenuWords {
  say: (said: Said) => string;
  remove: string;
  unnamed: string;
  nowLeadsTo: (title: string) => string;
}

function fits(query: string, ...texts: string[]): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => texts.some((text) => text.toLowerCase().includes(word)));
}

/** 0: the title begins with it, 1: a word of the title does, 2: it is somewhere else. */
function nearness(query: string, title: string): number {
  const [text, wanted] = [title.toLowerCase(), query.trim().toLowerCase()];
  if (text.startsWith(wanted)) return 0;
  return text.includes(` ${wanted}`) ? 1 : 2;
}

/** Kinds that answer to the query: what is called so first, then the primary ones. */
export function kindsFor(kinds: StepKind[], query: string, say: (said: Said) => string): StepKind[] {
  const rank = (kind: StepKind) => nearness(query, say(kind.title)) * 2 + Number(!kind.primary);
  return kinds
    .filter((kind) => fits(query, say(kind.title), say(kind.about), kind.title.en, kind.kind))
    .sort((a, b) => rank(a) - rank(b));
}

export function sectionsOf(
  document: JourneyDocument,
  catalogue: Catalogue,
  menu: Menu,
  /** Chosen in this menu, for a link. */
  chosen: string | null,
  query: string,
  words: MenuWords,
): Section[] {
  if (menu.do === "link") {
    const step = stepOf(document, menu.step);
    if (!step) return [];
    const outcomes = outcomesOf(step, catalogue);
    const outcome = chosen ?? (outcomes.length === 1 ? outcomes[0] : undefined);
    if (outcome === undefined) return [outcomeSection(document, catalogue, menu.step, words)].map((one) => searched(one, query));
    return wayOptions(document, catalogue, menu.step, outcome, words).map((one) => searched(one, query));
  }
  if ("position" in menu.at) return [addSection([...catalogue.values()], query, words)];
  const [from, outcome] = "edge" in menu.at ? menu.at.edge : [menu.at.from, menu.at.outcome];
  const led = stepOf(document, stepOf(document, from)?.next[outcome] ?? "") !== undefined;
  return [
    addSection(mayFollow(catalogue, led), query, words),
    ...wayOptions(document, catalogue, from, outcome, words).map((one) => searched(one, query)),
  ];
}

function addSection(kinds: StepKind[], query: string, words: MenuWords): Section {
  const options = kindsFor(kinds, query, words.say).map(
    (kind): Option => ({ does: "add", kind, title: words.say(kind.title), about: words.say(kind.about) }),
  );
  return { name: "menu_add", options, more: 0 };
}

/** More than this nobody reads: searching finds the others. */
const MOST = 30;

function searched(section: Section, query: string): Section {
  const found = section.options.filter((option) => fits(query, option.title, option.about));
  return { ...section, options: found.slice(0, MOST), more: Math.max(0, found.length - MOST) };
}

function outcomeSection(document: JourneyDocument, catalogue: Catalogue, from: string, words: MenuWords): Section {
  const step = stepOf(document, from);
  const options = (step ? outcomesOf(step, catalogue) : []).map((outcome): Option => {
    const to = stepOf(document, step?.next[outcome] ?? "");
    return {
      does: "outcome",
      outcome,
      title: outcomeTitle(catalogue.get(step?.kind ?? ""), outcome, words.say) || words.unnamed,
      about: to ? words.nowLeadsTo(stepTitle(to, catalogue, words.say)) : "",
    };
  });
  return { name: "menu_outcome", options, more: 0 };
}

function wayOptions(
  document: JourneyDocument,
  catalogue: Catalogue,
  from: string,
  outcome: string,
  words: MenuWords,
): Section[] {
  const now = stepOf(document, from)?.next[outcome];
  const targets = validTargets(document, catalogue, from);
  const options = document.steps
    .filter((step) => targets.has(step.id) && step.id !== now)
    .map((step): Option => {
      const kind = catalogue.get(step.kind);
      const title = stepTitle(step, catalogue, words.say);
      const about = kind && step.title ? words.say(kind.title) : "";
      return { does: "connect", from, outcome, to: step.id, title, about, icon: kind?.icon ?? "" };
    });
  const sections: Section[] = [{ name: "menu_connect", options, more: 0 }];
  if (now !== undefined) {
    sections.push({ name: null, options: [{ does: "disconnect", from, outcome, title: words.remove, about: "" }], more: 0 });
  }
  return sections;
}

// The numbers of a live journey as the canvas and the panel show them.
import type { JourneyDocument, Said } from "../api/types";
import { stepsById } from "../journey/derived";
import type { Catalogue } from "../journey/outcomes";
import type { StepNow, Watch, WayTaken, What } from "./types";

/** Outcomes the engine gives when somebody is taken away from a step, by hand or by a change. */
export const MOVED = "@moved";
export const REMOVED = "@removed";

const isOwn = (outcome: string): boolean => !outcome.startsWith("@");

export function sum(numbers: Iterable<number>): number {
  let all = 0;
  for (const number of numbers) all += number;
  return all;
}

/** Who left a step by one of its outcomes, and with it went on or reached an end. */
export function passed(step: StepNow): number {
  return sum(Object.entries(step.left).map(([outcome, number]) => (isOwn(outcome) ? number : 0)));
}

export function heldPeople(step: StepNow): number {
  return sum(step.held.map((one) => one.people));
}

/** Mails that will not go out; those that are still tried are no failure yet. */
export function failedPeople(step: StepNow): number {
  return sum(step.failed.map((one) => (one.state === "not_sent" ? one.people : 0)));
}

/** Mails whose fate is still open. */
export function openPeople(step: StepNow): number {
  return sum(step.failed.map((one) => (one.state === "not_sent" ? 0 : one.people)));
}

/** The part, from 0 to 1, of those who passed a step that took this outcome; null where there is nothing to compare. */
export function shareOf(step: StepNow, outcome: string): number | null {
  const own = Object.entries(step.left).filter(([name, number]) => isOwn(name) && number > 0);
  const all = sum(own.map(([, number]) => number));
  if (own.length < 2 || !isOwn(outcome) || !all) return null;
  return (step.left[outcome] ?? 0) / all;
}

/** A part of one as people read it: 0.004 is "<1%", and 99.6 % are not yet all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "<1%";
  if (share < 1 && share > 0.99) return ">99%";
  return `${Math.round(share * 100)}%`;
}

export interface Traffic {
  /** By from, outcome and to. */
  ways: ReadonlyMap<string, number>;
  most: number;
}

export function wayKey(from: string, outcome: string, to: string | null): string {
  return JSON.stringify([from, outcome, to]);
}

export function trafficOf(ways: readonly WayTaken[]): Traffic {
  const found = new Map<string, number>();
  for (const { from_step, outcome, to_step, number } of ways) {
    const key = wayKey(from_step, outcome, to_step);
    found.set(key, (found.get(key) ?? 0) + number);
  }
  return { ways: found, most: Math.max(0, ...found.values()) };
}

const THINNEST = 2;
const THICKEST = 7;
const UNUSED = 1.25;

/** How thick a way is drawn, in pixels: ten times as many people are a step thicker, not ten times. */
export function thickness(number: number, most: number): number {
  if (number <= 0 || most <= 0) return UNUSED;
  const part = most === 1 ? 1 : Math.log1p(number) / Math.log1p(most);
  return Math.round((THINNEST + (THICKEST - THINNEST) * part * part) * 2) / 2;
}

/** Everybody in the journey. */
export function inside(watch: Watch): number {
  return sum(watch.versions.map((one) => one.people));
}

/** Those of them who go on with a version before the newest one. */
export function onEarlier(watch: Watch, newest: number): number {
  return sum(watch.versions.map((one) => (one.version < newest ? one.people : 0)));
}

/** The steps with people that are not on the canvas: this draft, or this version, has them no more. */
export function goneSteps(watch: Watch, document: JourneyDocument): string[] {
  const here = stepsById(document);
  return Object.keys(watch.steps).filter((id) => !here.has(id) && (watch.steps[id]?.waiting ?? 0) > 0);
}

/** Who came to a step by a way that is not on the canvas: one of another version, or by hand. */
export function cameOtherwise(ways: readonly WayTaken[], document: JourneyDocument, id: string): number {
  const here = stepsById(document);
  return sum(
    ways.map((way) => (way.to_step === id && here.get(way.from_step)?.next[way.outcome] !== id ? way.number : 0)),
  );
}

/** Whether a number is of passages: more than ever entered, so that some must have come by twice. */
export function isOfPassages(watch: Watch, catalogue: Catalogue, number: number): boolean {
  const entered = watch.ways.filter((way) => catalogue.get(watch.steps[way.from_step]?.kind ?? "")?.is_entry);
  return entered.length > 0 && number > sum(entered.map((way) => way.number));
}

/** What became of mails that did not simply go out. */
export type Failure = StepNow["failed"][number]["state"];

/** One line about a step: how many, as which part, and whom a click on it lists. */
export interface Line {
  what: What;
  outcome: string | null;
  hold: string | null;
  people: number;
  share: number | null;
  /** In the server's words; else the panel has some for it. */
  said: Said | null;
  word: "waiting" | "pinned" | "held" | Failure | "arrived" | "outcome" | "moved" | "removed";
}

/** The lines about a step: who is here, what keeps them, and by which outcome the others went on. */
export function linesOf(step: StepNow, outcomes: readonly string[]): { here: Line[]; gone: Line[] } {
  const line = (word: Line["word"], what: What, people: number, more: Partial<Line> = {}): Line => ({
    word,
    what,
    people,
    outcome: null,
    hold: null,
    share: null,
    said: null,
    ...more,
  });
  const here = [
    line("waiting", "waiting", step.waiting),
    ...step.held.map((one) => line("held", "held", one.people, { hold: one.why, said: one.said })),
    line("pinned", "pinned", step.pinned),
    ...step.failed.map((one) => line(one.state, "failed", one.people, { hold: one.state, said: one.said })),
  ].filter((one) => one.word === "waiting" || one.people > 0);
  const others = Object.keys(step.left).filter((name) => isOwn(name) && !outcomes.includes(name));
  const ways = [...outcomes, ...others].map((outcome) =>
    line("outcome", "left", step.left[outcome] ?? 0, { outcome, share: shareOf(step, outcome) }),
  );
  const byHand = ([["moved", MOVED], ["removed", REMOVED]] as const)
    .map(([word, outcome]) => line(word, "left", step.left[outcome] ?? 0, { outcome }))
    .filter((one) => one.people > 0);
  return { here, gone: [line("arrived", "arrived", step.arrived), ...ways, ...byHand] };
}

/** Whom to list first of a step in a run: who came there, or who left it where nobody came. */
export function cameOrLeft(step: StepNow | undefined): { what: What; outcome: string | null; hold: null } {
  const ways = Object.entries(step?.left ?? {}).filter(([, number]) => number > 0);
  if (!step || step.arrived > 0 || !ways.length) return { what: "arrived", outcome: null, hold: null };
  return { what: "left", outcome: ways.length === 1 ? (ways[0]?.[0] ?? null) : null, hold: null };
}

/** The same answer with every part that did not change as it was, so that nothing of it is drawn again. */
export function kept(before: Watch | null, now: Watch): Watch {
  if (!before) return now;
  const steps = Object.fromEntries(
    Object.entries(now.steps).map(([id, step]) => [id, same(before.steps[id], step) ? (before.steps[id] ?? step) : step]),
  );
  return {
    ...now,
    steps,
    ways: same(before.ways, now.ways) ? before.ways : now.ways,
    versions: same(before.versions, now.versions) ? before.versions : now.versions,
    run: same(before.run, now.run) ? before.run : now.run,
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

// What happens with the people at changed steps, as it is being chosen in the dialog.
import type { Diff, Do, DueNow, Place, Preview, Rule, Seen, StepChange } from "../api/types";

/** By step; only what was chosen by hand, all else is as the server proposes. */
export type Chosen = Readonly<Record<string, Rule>>;

export function ruleOf(place: Place, chosen: Chosen): Rule {
  const own = chosen[place.step];
  return own && place.choices.includes(own.do) ? own : place.rule;
}

/** The rule after another choice; a move begins with the step that is suggested. */
export function withChoice(place: Place, now: Rule, choice: Do): Rule {
  const to = choice === "move" ? (now.to ?? place.suggested ?? place.targets[0] ?? null) : null;
  return { do: choice, to, reason: choice === "leave" ? now.reason : "" };
}

/** What counts for the numbers: reasons may be typed without anything being asked again. */
export function countedRules(chosen: Chosen): Record<string, Rule> {
  return Object.fromEntries(Object.entries(chosen).map(([step, rule]) => [step, { ...rule, reason: "" }]));
}

/** For publishing: all that was seen, so that nothing else happens than what was seen. */
export function allRules(places: readonly Place[], chosen: Chosen): Record<string, Rule> {
  return Object.fromEntries(places.map((place) => [place.step, ruleOf(place, chosen)]));
}

export function mailsAtOnce(due: readonly DueNow[]): number {
  return due.reduce((sum, { people }) => sum + people, 0);
}

const FASTEST = 3_600_000;

/** The limit that was typed; null where it is none. Full-width digits are digits, too. */
export function limitOf(typed: string): number | null {
  const text = typed.normalize("NFKC").replace(/[,\s]/g, "");
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= FASTEST ? limit : null;
}

export interface HowLong {
  unit: "minutes" | "hours" | "days";
  n: number;
}

/** How long so many people take at so many an hour, in words' precision. */
export function howLong(people: number, perHour: number): HowLong {
  const minutes = Math.max(1, Math.ceil((people / perHour) * 60));
  if (minutes < 100) return { unit: "minutes", n: minutes };
  const hours = Math.round(minutes / 60);
  return hours < 48 ? { unit: "hours", n: hours } : { unit: "days", n: Math.round(hours / 24) };
}

/** The numbers on the page, for the server to compare with those of the moment when it is published. */
export function seenIn(preview: Preview): Seen {
  return {
    places: Object.fromEntries(preview.places.map(({ step, people }) => [step, people])),
    due: mailsAtOnce(preview.due_now),
  };
}

/** Steps with people for whom there is nothing to choose: only where it goes on from there has changed, say. */
export function passingOf(diff: Diff, places: readonly Place[]): StepChange[] {
  const choices = new Set(places.map(({ step }) => step));
  return diff.steps.filter((one) => one.change === "changed" && Boolean(one.people) && !choices.has(one.step));
}

/** How many stand at steps that were changed or removed. */
export function concerned(diff: Diff): number {
  return diff.steps.reduce((sum, { people }) => sum + (people ?? 0), 0);
}

// What a step is called in a list of steps, so that two of the same name can be told apart.
import { once, stepsById } from "../journey/derived";
import { stepTitle } from "../journey/outcomes";
import { fill } from "../i18n/define";
import type { SayContext } from "./context";
import { sentence } from "./sentence";
import { texts } from "./texts";

/** Its title; with what it does where nobody named it or others are called the same, and counted if need be. */
export function stepName(id: string, among: readonly string[], context: SayContext): string {
  return namesOf(among, context).get(id) ?? titleOf(id, context);
}

/** All names of a list at once: worked out one by one, a long list would take a moment for each key press. */
const namesOf = once((among: readonly string[], context: SayContext): ReadonlyMap<string, string> => {
  const titles = counted(among.map((id) => titleOf(id, context)));
  const full = new Map(among.map((id) => [id, described(id, (titles.get(titleOf(id, context)) ?? 0) > 1, context)]));
  const same = counted(full.values());
  const seen = new Map<string, number>();
  for (const [id, name] of full) {
    if ((same.get(name) ?? 0) < 2) continue;
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    full.set(id, `${name} (${String(number)})`);
  }
  return full;
});

function counted(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function described(id: string, twice: boolean, context: SayContext): string {
  const title = titleOf(id, context);
  const step = stepsById(context.document).get(id);
  const kind = step && context.catalogue.get(step.kind);
  if (!step || !kind) return title;
  if (step.title?.trim() && !twice) return title;
  const values = sentence(kind, step, context).filter((part) => part.strong);
  const said = values.map((part) => part.text).join(fill(texts.between_days, context.language));
  return said ? fill(texts.step_does, context.language, { title, said }) : title;
}

function titleOf(id: string, { document, catalogue, language }: SayContext): string {
  const step = stepsById(document).get(id);
  return step ? stepTitle(step, catalogue, (said) => said[language]) : id;
}

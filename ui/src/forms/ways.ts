// Named ways of a step (a mapping name -> something): renamed, ordered, added and removed as values.
import type { Json } from "../api/types";
import { isObject, type JsonObject } from "./values";

export type Ways = [name: string, value: Json][];

export function waysOf(value: Json): Ways {
  return Object.entries(isObject(value) ? value : {});
}

export function valueOfWays(ways: Ways): JsonObject {
  return Object.fromEntries(ways);
}

const LONGEST = 60;

export type NameProblem = "name_empty" | "name_taken" | "name_bar" | "name_long" | "name_digits";

/** Why a way cannot be called that. `others`: the names of all other ways of the step. */
export function nameProblem(name: string, others: readonly string[]): NameProblem | null {
  if (!name.trim()) return "name_empty";
  if (others.includes(name)) return "name_taken";
  if (name.includes("|")) return "name_bar";
  // Browsers put keys such as "10" in front of all others: the order of the ways would be lost.
  if (/^\d+$/.test(name)) return "name_digits";
  return name.length > LONGEST ? "name_long" : null;
}

export function renamed(ways: Ways, place: number, name: string): Ways {
  return ways.map((way, index) => (index === place ? [name, way[1]] : way));
}

export function replaced(ways: Ways, place: number, value: Json): Ways {
  return ways.map((way, index) => (index === place ? [way[0], value] : way));
}

export function moved(ways: Ways, from: number, to: number): Ways {
  const way = ways[from];
  if (!way || to < 0 || to >= ways.length) return ways;
  const rest = ways.filter((_, index) => index !== from);
  return [...rest.slice(0, to), way, ...rest.slice(to)];
}

/** The first of the names that nobody has. */
export function freeName(make: (n: number) => string, taken: readonly string[]): string {
  let n = 1;
  while (taken.includes(make(n))) n++;
  return make(n);
}

/** The same percent for all, the first ones one more where it does not come out even. */
export function evenShares(names: readonly string[]): JsonObject {
  const each = Math.floor(100 / names.length);
  const over = 100 - each * names.length;
  return Object.fromEntries(names.map((name, place) => [name, each + (place < over ? 1 : 0)]));
}

export function sumOf(ways: Ways): number {
  return ways.reduce((sum, [, share]) => sum + (typeof share === "number" ? share : 0), 0);
}

/** One share set; of two ways the other takes the rest. */
export function withShare(ways: Ways, place: number, share: Json): Ways {
  const next = replaced(ways, place, share);
  if (ways.length !== 2 || typeof share !== "number" || share < 1 || share > 99) return next;
  return replaced(next, 1 - place, 100 - share);
}

/** With one way more: even shares stay even, else the largest gives some of its own. */
export function withNewShare(ways: Ways, name: string): Ways {
  const shares = ways.map(([, share]) => (typeof share === "number" ? share : 0));
  const most = Math.max(0, ...shares);
  const even = !ways.length || most - Math.min(...shares) <= 1;
  if (even) return waysOf(evenShares([...ways.map(([one]) => one), name]));
  const given = Math.max(1, Math.min(10, Math.floor(most / 2)));
  return [...replaced(ways, shares.indexOf(most), most - given), [name, given]];
}

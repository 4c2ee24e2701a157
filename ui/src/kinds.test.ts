// The pages know widgets, never kinds of step: whoever publishes a new step must not need to change anything here.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const sources = import.meta.glob<string>("./**/*.{ts,tsx,css}", { query: "?raw", import: "default", eager: true });

/** The names under which steps are published, as pip would read them. */
function kindsOfSteps(): string[] {
  const project = readFileSync(join(import.meta.dirname, "../../pyproject.toml"), "utf8");
  const table = /^\[project\.entry-points\."airflow_ma\.steps"\]\n((?:(?!\[).*\n)*)/m.exec(project)?.[1] ?? "";
  return [...table.matchAll(/^(\w+)\s*=/gm)].map((found) => found[1] ?? "");
}

/** Kinds of one word are ordinary words, names of groups and addresses, too: they count beside "kind" and addStep. */
function mentions(source: string, kind: string): boolean {
  if (kind.includes("_")) return new RegExp(`\\b${kind}\\b`).test(source);
  const written = `["'\`]${kind}["'\`]`;
  return new RegExp(`kind\\w*\\W{0,12}${written}|${written}\\W{0,12}kind|addStep\\(\\s*${written}`, "i").test(source);
}

it("no kind of step is named anywhere in the pages", () => {
  const kinds = kindsOfSteps();
  expect(kinds.length).toBeGreaterThan(10);
  expect(Object.keys(sources).length).toBeGreaterThan(20);
  const found = Object.entries(sources).flatMap(([path, source]) =>
    kinds.filter((kind) => mentions(source, kind)).map((kind) => `${path}: ${kind}`),
  );
  expect(found).toEqual([]);
});

it("would be noticed", () => {
  for (const kind of kindsOfSteps()) {
    expect(mentions(`if (step.kind === "${kind}") draw();`, kind)).toBe(true);
    expect(mentions(`addStep('${kind}', kind)`, kind)).toBe(true);
    expect(mentions("<StepForm step={id} />", kind)).toBe(false);
  }
});

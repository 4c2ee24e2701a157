// A class belongs to one folder: two pages that style the same name would spoil each other, as all of it is one bundle.
import { expect, it } from "vitest";

const sheets = import.meta.glob<string>("../*/**/*.css", { query: "?raw", import: "default", eager: true });
const SHELL = "shell";

/** Vite names the files of this folder without it: "./shell.css", but "../canvas/page.css". */
const folderOf = (path: string): string => (path.startsWith("./") ? SHELL : (path.split("/")[1] ?? ""));

/** All selectors of a sheet, also those within @media and the like. */
function selectorsOf(sheet: string): string[] {
  const plain = sheet.replace(/\/\*[\s\S]*?\*\//g, "");
  return [...plain.matchAll(/([^{};]+)\{/g)]
    .map((found) => (found[1] ?? "").trim())
    .filter((selector) => !selector.startsWith("@") && !/^(from|to|[\d.]+%)/.test(selector))
    .flatMap((selector) => parts(selector));
}

/** By the commas outside of brackets. */
function parts(selector: string): string[] {
  return selector.split(/,(?![^()]*\))/).map((part) => part.trim());
}

/** The classes that a selector gives a look to when nothing of another folder stands before them. */
function firstClasses(selector: string): string[] {
  const [first = ""] = selector.split(/[\s>+~]+(?![^()]*\))/);
  return [...first.matchAll(/\.(ma-[\w-]+)/g)].map((found) => found[1] ?? "");
}

/** Which folders begin a rule with which class. */
function owners(given: Record<string, string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [path, sheet] of Object.entries(given)) {
    for (const name of selectorsOf(sheet).flatMap(firstClasses)) {
      found.set(name, (found.get(name) ?? new Set()).add(folderOf(path)));
    }
  }
  return found;
}

function shared(given: Record<string, string>): string[] {
  return [...owners(given)]
    .filter(([, folders]) => folders.size > 1)
    .map(([name, folders]) => `.${name}: ${[...folders].sort().join(", ")}`);
}

it("no class is defined in two folders; those of the shell are only changed under a class of one's own", () => {
  expect(Object.keys(sheets).length).toBeGreaterThan(8);
  expect(Object.keys(sheets).map(folderOf)).toContain(SHELL);
  expect(shared(sheets)).toEqual([]);
});

it("every class has our prefix, or that of a library, under one of ours", () => {
  const bare = Object.entries(sheets).flatMap(([path, sheet]) =>
    selectorsOf(sheet)
      .filter((selector) => !/^(\.ma-|:root|\.react-flow)/.test(selector))
      .map((selector) => `${path}: ${selector}`),
  );
  expect(bare).toEqual([]);
});

it("would be noticed", () => {
  const a = ".ma-button { color: red } @media (width < 1px) { .ma-row:not(.ma-x, .ma-y) > b { top: 0 } }";
  expect(shared({ "../shell/a.css": a, "../mine/b.css": ".ma-mine .ma-button { color: blue }" })).toEqual([]);
  expect(shared({ "../shell/a.css": a, "../mine/b.css": "i { top: 0 } .ma-mine, .ma-button:hover { top: 0 }" })).toEqual([
    ".ma-button: mine, shell",
  ]);
  expect(shared({ "../shell/a.css": a, "../mine/b.css": "@media print { .ma-row { top: 0 } }" })).toEqual([
    ".ma-row: mine, shell",
  ]);
});

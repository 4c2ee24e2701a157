// Where in a YAML text a step stands, and which step stands at a line. Lines count from 1.
import type { ProblemView } from "../api/types";

export interface Block {
  id: string;
  first: number;
  last: number;
}

const KEY = /^(\s*)(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s#'"][^:#]*?))\s*:(?:\s|$)/;

interface Entry {
  indent: number;
  key: string;
}

function entry(line: string): Entry | null {
  const found = KEY.exec(line);
  if (!found) return null;
  const key = found[2] ?? found[3]?.replaceAll("''", "'") ?? found[4] ?? "";
  return { indent: found[1]?.length ?? 0, key };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isEmpty(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

/** The entries right below the line at `index`: their key and the lines each takes. */
function children(lines: string[], index: number): Block[] {
  const parent = indentOf(lines[index] ?? "");
  const blocks: Block[] = [];
  let indent: number | null = null;
  for (let at = index + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (isEmpty(line)) continue;
    const here = indentOf(line);
    if (here <= parent) break;
    indent ??= here;
    const found = here === indent ? entry(line) : null;
    const open = blocks.at(-1);
    if (found) blocks.push({ id: found.key, first: at + 1, last: at + 1 });
    else if (open) open.last = at + 1;
  }
  return blocks;
}

/** The lines of every step. */
export function stepBlocks(yaml: string): Block[] {
  const lines = yaml.split("\n");
  const start = lines.findIndex((line) => entry(line)?.key === "steps" && indentOf(line) === 0);
  return start < 0 ? [] : children(lines, start);
}

/** The line of a problem: where the server says it is, else its step's, and within it its setting's. */
export function problemLine(yaml: string, blocks: Block[], problem: ProblemView): number | null {
  if (problem.line !== null) return problem.line;
  const block = blocks.find((one) => one.id === problem.step);
  if (!block) return null;
  const within = children(yaml.split("\n"), block.first - 1);
  const wanted = problem.setting ?? (problem.outcome === null ? null : "next");
  return within.find((one) => one.id === wanted)?.first ?? block.first;
}

/** Whether a text has comments, which only this text keeps. */
export function hasComments(yaml: string): boolean {
  return yaml.split("\n").some((line) => /^\s*#/.test(line) || /\s#\s[^"']*$/.test(line));
}

import { describe, expect, it } from "vitest";
import type { ProblemView } from "../api/types";
import { difference } from "./codemirror";
import { hasComments, problemLine, stepBlocks } from "./lines";

const YAML = `# A note
journey: sale
title: "steps: of a sale"
steps:
  first:
    kind: made_up
    settings:
      steps: 3

  "2nd step":
    kind: made_up
    text: |
      third:
        kind: not a step
    next: {good: third}
  # about the third
  third:
    kind: made_up
tags: [a]
`;

const problem = (part: Partial<ProblemView>): ProblemView => ({
  rule: "r",
  severity: "error",
  message: { en: "", ja: "" },
  fix: { en: "", ja: "" },
  step: null,
  setting: null,
  outcome: null,
  line: null,
  actions: [],
  ...part,
});

describe("stepBlocks", () => {
  it("finds the lines of every step, and only of steps", () => {
    expect(stepBlocks(YAML)).toEqual([
      { id: "first", first: 5, last: 8 },
      { id: "2nd step", first: 10, last: 15 },
      { id: "third", first: 17, last: 18 },
    ]);
  });

  it("is content with half a text", () => {
    expect(stepBlocks("")).toEqual([]);
    expect(stepBlocks("steps:")).toEqual([]);
    expect(stepBlocks("steps:\n  a")).toEqual([]);
  });
});

describe("problemLine", () => {
  const line = (part: Partial<ProblemView>) => problemLine(YAML, stepBlocks(YAML), problem(part));
  it("believes the server, else finds step and setting", () => {
    expect(line({ line: 3, step: "third" })).toBe(3);
    expect(line({ step: "third" })).toBe(17);
    expect(line({ step: "2nd step", setting: "text" })).toBe(12);
    expect(line({ step: "2nd step", outcome: "good" })).toBe(15);
    expect(line({ step: "third", setting: "text" })).toBe(17);
    expect(line({ step: "gone" })).toBeNull();
    expect(line({})).toBeNull();
  });
});

describe("hasComments", () => {
  it("sees comments, not every #", () => {
    expect(hasComments(YAML)).toBe(true);
    expect(hasComments("a: 1 # one")).toBe(true);
    expect(hasComments("url: /page#top\ncolour: '#fff'")).toBe(false);
  });
});

describe("difference", () => {
  it("is the smallest piece to replace", () => {
    const apply = (before: string, after: string) => {
      const { from, to, insert } = difference(before, after);
      return before.slice(0, from) + insert + before.slice(to);
    };
    for (const [before, after] of [
      ["abc", "abc"],
      ["aaa", "aa"],
      ["", "x"],
      ["a: 1\nb: 2", "a: 1\nc: 3\nb: 2"],
    ] as const) {
      expect(apply(before, after)).toBe(after);
    }
    expect(difference("a: 1\nb: 2", "a: 1\nb: 3")).toEqual({ from: 8, to: 9, insert: "3" });
  });
});

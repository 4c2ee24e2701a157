import type { VersionSummary } from "../api/types";
import { expect, it } from "vitest";
import { inOrder, oneBefore, sidesOf } from "./versions";

const version = (number: number): VersionSummary => ({
  version: number,
  at: "2026-12-01T00:00:00Z",
  by: "hanako",
  note: null,
  people: 0,
  current: false,
  source: "builder",
});

it("lists the newest first, and the draft only while it differs", () => {
  const versions = [version(1), version(3), version(2)];
  expect(sidesOf(versions, "changed")).toEqual(["draft", 3, 2, 1]);
  expect(sidesOf(versions, "live")).toEqual([3, 2, 1]);
  expect(sidesOf(versions, "git")).toEqual([3, 2, 1]);
  expect(sidesOf([], "draft")).toEqual([]);
});

it("compares with the one before, the older one first", () => {
  const sides = ["draft", 12, 9, 1] as const;
  expect(oneBefore("draft", sides)).toBe(12);
  expect(oneBefore(9, sides)).toBe(1);
  expect(oneBefore(1, sides)).toBeNull();
  expect(inOrder("draft", 9)).toEqual([9, "draft"]);
  expect(inOrder(1, 12)).toEqual([1, 12]);
});

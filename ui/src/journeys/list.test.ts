import { describe, expect, it } from "vitest";
import type { JourneySummary } from "../api/types";
import { chosen, filtersOf } from "./list";

const LIVES = { paused_at: null, closed_at: null, archived_at: null };
const journey = (key: string, patch: Partial<JourneySummary> = {}): JourneySummary => ({
  key,
  title: key,
  state: "live",
  paused: false,
  life: LIVES,
  mode: "continuous",
  steps: 3,
  active: 0,
  entered_week: 0,
  converted_week: null,
  entered_by_day: Array<number>(14).fill(0),
  waiting_mails: 0,
  changed_at: "2026-12-01T00:00:00Z",
  changed_by: null,
  may_edit: true,
  ...patch,
});

const ALL = [
  journey("sale", { title: "Winter SALE / 冬のセール", active: 5, changed_at: "2026-12-01T10:00:00Z" }),
  journey("cold", { title: "新規開拓", state: "git", paused: true, active: 9, changed_at: "2026-12-01T09:00:00+09:00" }),
  journey("draft_1", { title: "下書き", state: "draft", entered_week: 3, changed_at: "2026-12-02T00:00:00Z" }),
];
const keys = (found: JourneySummary[]) => found.map((one) => one.key);

describe("the list of journeys", () => {
  it("finds every word, in any case and width, in title and key", () => {
    expect(keys(chosen(ALL, { search: "ｓａｌｅ 冬", state: "all", sort: "changed" }))).toEqual(["sale"]);
    expect(keys(chosen(ALL, { search: "draft_", state: "all", sort: "changed" }))).toEqual(["draft_1"]);
    expect(chosen(ALL, { search: "sale cold", state: "all", sort: "changed" })).toEqual([]);
  });

  it("is filtered by state", () => {
    expect(keys(chosen(ALL, { search: "", state: "git", sort: "changed" }))).toEqual(["cold"]);
  });

  it("is cut down to what is paused, whatever state it is in", () => {
    expect(keys(chosen(ALL, { search: "", state: "paused", sort: "changed" }))).toEqual(["cold"]);
  });

  it("is sorted by time, not by how a time is written", () => {
    expect(keys(chosen(ALL, { search: "", state: "all", sort: "changed" }))).toEqual(["draft_1", "sale", "cold"]);
  });

  it("is sorted by numbers, the largest first", () => {
    expect(keys(chosen(ALL, { search: "", state: "all", sort: "active" }))).toEqual(["cold", "sale", "draft_1"]);
    expect(keys(chosen(ALL, { search: "", state: "all", sort: "entered" }))[0]).toBe("draft_1");
  });

  it("keeps apart what was put away, and finds what takes nobody in", () => {
    const away = journey("away", { life: { ...LIVES, closed_at: "2026-12-01T00:00:00Z", archived_at: "2026-12-02T00:00:00Z" } });
    const closed = journey("closed", { life: { ...LIVES, closed_at: "2026-12-01T00:00:00Z" } });
    const all = [...ALL, away, closed];
    expect(keys(chosen(all, { search: "", state: "all", sort: "title" }))).not.toContain("away");
    expect(keys(chosen(all, { search: "", state: "archived", sort: "title" }))).toEqual(["away"]);
    expect(keys(chosen(all, { search: "", state: "closed", sort: "title" }))).toEqual(["closed"]);
    expect(filtersOf(all).find((one) => one.state === "live")?.number).toBe(2);
  });

  it("offers only states that occur", () => {
    expect(filtersOf(ALL).map((one) => one.state)).toEqual(["live", "draft", "git", "paused"]);
    expect(filtersOf(ALL.filter((one) => !one.paused)).map((one) => one.state)).toEqual(["live", "draft"]);
  });
});

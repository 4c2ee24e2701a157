import { describe, expect, it } from "vitest";
import type { Happening } from "../api/types";
import { byDay, iconOf, isWebAddress, ofSide } from "./timeline";

const happening = (at: string, patch: Partial<Happening> = {}): Happening => ({
  at,
  what: "event",
  by: "them",
  title: { en: "Opened", ja: "開封" },
  detail: null,
  journey: null,
  journey_title: null,
  step: null,
  type: null,
  url: null,
  message_id: null,
  machine: false,
  ...patch,
});

describe("a person's history", () => {
  it("is cut into the days of the installation's zone", () => {
    const late = happening("2026-12-01T15:30:00Z"); // 2 December, 00:30 in Tokyo
    const early = happening("2026-12-01T14:30:00Z");
    const days = byDay([late, early], "Asia/Tokyo");
    expect(days.map((one) => one.day)).toEqual(["2026-12-02", "2026-12-01"]);
    expect(byDay([late, early], "UTC").map((one) => one.happenings.length)).toEqual([2]);
  });

  it("tells what we did from what they did", () => {
    const ours = happening("2026-12-01T00:00:00Z", { by: "us", what: "mail" });
    const theirs = happening("2026-12-01T00:00:00Z");
    expect(ofSide([ours, theirs], "us")).toEqual([ours]);
    expect(ofSide([ours, theirs], "them")).toEqual([theirs]);
    expect(ofSide([ours, theirs], "all")).toHaveLength(2);
  });

  it("has a picture for what happened with a mail", () => {
    const about = { message_id: 1 };
    expect(iconOf(happening("", { ...about, type: "email.open" }))).toBe("eye");
    expect(iconOf(happening("", { ...about, type: "email.click", url: "https://x" }))).toBe("cursor");
    expect(iconOf(happening("", { ...about, type: "email.unsubscribe" }))).toBe("close");
    expect(iconOf(happening("", { type: "stock.low", url: "https://x" }))).toBe("globe");
  });

  it("links to web addresses only", () => {
    expect(isWebAddress("https://shop.example/sale")).toBe(true);
    expect(isWebAddress("javascript:alert(1)")).toBe(false);
  });
});

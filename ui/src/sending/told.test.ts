import { describe, expect, it } from "vitest";
import { alike, daysFrom, fateOf, spanOf } from "./told";
import type { UnknownMail, WaitingMails } from "./types";

const NOW = "2026-12-01T14:30:00Z"; // 23:30 in Tokyo
const near = (at: string) => at.slice(11, 16);

const mail = (patch: Partial<UnknownMail> = {}): UnknownMail => ({
  message_id: 1,
  journey: "sale",
  journey_title: "Sale",
  step: "announce",
  step_title: { en: "Announce", ja: "Announce" },
  conn_id: "shop",
  since: NOW,
  reason: { en: "no answer", ja: "応答なし" },
  attempts: 1,
  most_attempts: 3,
  fate: "sent_again",
  decided_at: "2026-12-01T15:30:00Z",
  recipient: null,
  ...patch,
});

const waiting = (earliest: string | null, latest: string | null) => ({ earliest, latest }) as WaitingMails;

describe("days", () => {
  it("are those of the zone, not of UTC", () => {
    expect(daysFrom(NOW, "2026-12-01T15:10:00Z", "Asia/Tokyo")).toBe(1);
    expect(daysFrom(NOW, "2026-12-01T15:10:00Z", "UTC")).toBe(0);
    expect(daysFrom(NOW, "2026-11-30T14:00:00Z", "Asia/Tokyo")).toBe(-1);
  });
});

describe("when waiting mails go out", () => {
  it("is open while sending is paused", () => {
    expect(spanOf(waiting(null, null), NOW)).toEqual({ text: "when_resumed" });
  });
  it("is now when all are due", () => {
    expect(spanOf(waiting("2026-12-01T10:00:00Z", NOW), NOW)).toEqual({ text: "when_due" });
  });
  it("never begins in the past", () => {
    const last = "2026-12-01T18:00:00Z";
    expect(spanOf(waiting("2026-12-01T10:00:00Z", last), NOW)).toEqual({ first: NOW, last });
  });
});

describe("mails whose fate is open", () => {
  it("say until when and which attempt is next", () => {
    expect(fateOf(mail(), NOW, near)).toEqual(["sent_again", { until: "15:30", attempt: 2, most: 3 }]);
  });
  it("are decided at the next look when the time is over", () => {
    expect(fateOf(mail({ fate: "given_up", decided_at: NOW }), NOW, near)[0]).toBe("given_up_now");
  });
  it("are told together only when the same is told of them", () => {
    const mails = [mail(), mail({ message_id: 2 }), mail({ message_id: 3, fate: "given_up" }), mail({ message_id: 4 })];
    const told = (one: UnknownMail) => fateOf(one, NOW, near)[0];
    expect(alike(mails, told).map((group) => group.map((one) => one.message_id))).toEqual([[1, 2], [3], [4]]);
  });
});

import { describe, expect, it } from "vitest";
import type { Tryout, TryMoment, TryQuestion } from "../api/types";
import { answerOf, byDay, framed, HOUR, localTime, shortUrl, stale, timePasses, trailOf, usualStart } from "./acts";

const said = (text: string) => ({ en: text, ja: text });
const moment = (part: Partial<TryMoment>): TryMoment => ({
  at: "2026-12-01T01:00:00Z",
  what: "moved",
  title: said("moved"),
  step: null,
  outcome: null,
  to: null,
  mail: null,
  ...part,
});
const tryout = (moments: TryMoment[], at_step: string | null = null): Tryout => ({
  moments,
  at_step,
  now: "2026-12-01T01:00:00Z",
  until: null,
  questions: [],
  problems: [],
});
const opens: TryQuestion = { type: "mail.opened", title: said("Opens it"), mail: "hello", url: null };
const visits: TryQuestion = { type: "page.seen", title: said("Looks"), mail: null, url: "https://example.com/a" };

describe("answers", () => {
  it("carry what the server plays", () => {
    expect(answerOf(opens, HOUR, null).act).toEqual({ do: "happen", type: "mail.opened", url: null, mail: "hello", after: 3600 });
    expect(answerOf(visits, 0.4, null).act).toMatchObject({ url: "https://example.com/a", after: 0 });
    expect(answerOf(visits, 0, "https://example.com/b").act.url).toBe("https://example.com/b");
    expect(answerOf(opens, 0, "https://example.com/b").act.url).toBeNull();
    expect(timePasses(said("Nothing")).act).toEqual({ do: "pass", type: null, url: null, mail: null, after: 0 });
  });
});

describe("the trail", () => {
  it("holds each step once, in the order it was reached, and the outcomes taken", () => {
    const way = tryout(
      [
        moment({ what: "entered", step: "start", outcome: "entered", to: "hello" }),
        moment({ what: "mail", step: "hello" }),
        moment({ step: "hello", outcome: "sent", to: "look" }),
        moment({ what: "did", step: "hello" }),
        moment({ step: "look", outcome: "good", to: "hello" }),
        moment({ step: "hello", outcome: "sent", to: "look" }),
      ],
      "look",
    );
    expect(trailOf(way)).toEqual({
      steps: ["start", "hello", "look"],
      edges: [
        ["start", "entered"],
        ["hello", "sent"],
        ["look", "good"],
      ],
      at: "look",
    });
  });

  it("ends nowhere once the person has left", () => {
    const gone = trailOf(tryout([moment({ what: "left", step: "last", outcome: "done" })]));
    expect(gone).toEqual({ steps: ["last"], edges: [["last", "done"]], at: null });
  });
});

describe("answers after the journey was changed", () => {
  const opened = answerOf(opens, 0, null);
  const waited = timePasses(said("Nothing"));
  const visited = answerOf(visits, 0, null);
  const mail = moment({ what: "mail", step: "hello" });

  it("hold while they mean something", () => {
    const way = tryout([mail, moment({ what: "did", step: "hello" }), moment({ what: "did" })], "look");
    expect(stale([opened, waited, visited], way)).toEqual([]);
  });

  it("do not when the mail they are about has not come", () => {
    const way = tryout([moment({ what: "did", step: "hello" }), mail, moment({ what: "did" })], "look");
    expect(stale([opened, visited], way)).toEqual([opened]);
  });

  it("do not once the person has left", () => {
    const way = tryout([mail, moment({ what: "did", step: "hello" }), moment({ what: "left" }), moment({ what: "did" })]);
    expect(stale([opened, waited, visited], way)).toEqual([visited]);
  });
});

describe("days", () => {
  it("are those of the person", () => {
    const moments = ["2026-12-01T01:00:00Z", "2026-12-01T14:59:00Z", "2026-12-01T15:00:00Z", "2026-12-05T01:00:00Z"].map(
      (at) => moment({ at }),
    );
    const days = (zone: string) => byDay(moments, zone).map((day) => [day.number, day.moments.length]);
    expect(days("Asia/Tokyo")).toEqual([[1, 2], [2, 1], [5, 1]]);
    expect(days("America/New_York")).toEqual([[1, 1], [2, 2], [5, 1]]);
  });

  it("are written as an input wants them", () => {
    expect(localTime("2026-12-01T15:05:00Z", "Asia/Tokyo")).toBe("2026-12-02T00:05");
    expect(usualStart("2026-11-30T23:00:00Z", "Asia/Tokyo")).toBe("2026-12-01T10:00");
  });
});

describe("an address", () => {
  it("is said without its site", () => {
    expect(shortUrl("https://example.com/sale/coats?a=1#b")).toBe("/sale/coats?a=1");
    expect(shortUrl("*/sale")).toBe("*/sale");
  });
});

describe("a mail in a frame", () => {
  it("cannot lead out of it", () => {
    expect(framed("<html><head><title>a</title></head></html>")).toMatch(/<head><base target="_blank"><style>a,/);
    expect(framed("<p>Hello</p>")).toMatch(/^<base .*<p>Hello<\/p>$/);
  });
});

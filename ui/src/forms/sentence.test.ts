import { describe, expect, it } from "vitest";
import type { Json } from "../api/types";
import { formatDuration, parseDuration } from "./duration";
import { madeContext, madeField, madeKind, madeStep } from "./made-up";
import { sayOf } from "./say";
import { sentence, type Part } from "./sentence";

const text = (parts: Part[]) => parts.map((part) => part.text).join("");

const knock = madeKind("knock", [
  madeField("letter", "step", { required: true, refers_to: ["post"] }),
  madeField("within", "duration", { default: "3 days" }),
  madeField("days", "weekdays"),
  madeField("loudly", "switch", { default: false }),
  madeField("who", "condition"),
], {
  sentence: {
    en: "Knocks up to {within} about {letter}[, on {days}][, loudly{loudly}] for {who}",
    ja: "{letter}について最大{within}ノックします[（{days}）]",
  },
});
const post = madeKind("post", [madeField("paper", "template", { required: true })], {
  sentence: { en: "Posts {paper}", ja: "「{paper}」を送ります" },
});
const letter = madeStep("one", "post", { paper: "spring" }, { title: "First letter" });

describe("a sentence", () => {
  it("says defaults, titles and what is set, in both languages", () => {
    const step = madeStep("two", "knock", { letter: "one", days: ["sun", "mon"] });
    expect(text(sentence(knock, step, madeContext("en", [letter, step], [knock, post])))).toBe(
      "Knocks up to 3 days about First letter, on Mon, Sun for everybody",
    );
    expect(text(sentence(knock, step, madeContext("ja", [letter, step], [knock, post])))).toBe(
      "First letterについて最大3日ノックします（月・日）",
    );
  });

  it("leaves out what is usual, and the comma of a part that is left out", () => {
    const rest = madeKind("rest", [madeField("long", "duration", { default: "1 day" }), madeField("hours", "time_window")], {
      sentence: { en: "[{long}][, from {hours}] rests", ja: "[{long}][、{hours}に]休みます" },
    });
    const context = madeContext("ja", [], [rest]);
    expect(text(sentence(rest, madeStep("a", "rest", { hours: ["09:00", "18:00"] }), context))).toBe("09:00〜18:00に休みます");
    expect(text(sentence(rest, madeStep("a", "rest"), context))).toBe("休みます");
  });

  it("marks what is missing by the setting's title", () => {
    const step = madeStep("two", "knock");
    const parts = sentence(knock, step, madeContext("ja", [step], [knock]));
    expect(parts[0]).toEqual({ text: "（letterの名前：未設定）", missing: true });
    expect(parts[2]).toEqual({ text: "3日", strong: true });
  });

  it("names a step by its kind when it has no title, and says when it is gone", () => {
    const untitled = { ...letter, title: null };
    const step = madeStep("two", "knock", { letter: "one" });
    expect(text(sentence(knock, step, madeContext("ja", [untitled], [knock, post])))).toContain("postの題について");
    expect(text(sentence(knock, step, madeContext("en", [], [knock])))).toContain("about a step that is gone");
  });

  it("says a subject as somebody unknown gets it", () => {
    const subjects = { en: "{% if contact.name %}{{ contact.name }}, our{% else %}Our{% endif %} sale{% if x %} now{% endif %}" };
    const context = { ...madeContext("en", [], [post]), templates: [{ name: "spring", languages: ["en"], subjects, problem: null }] };
    expect(text(sentence(post, letter, context))).toBe("Posts Our sale");
  });

  it("says a template by its subject, without the code in it", () => {
    expect(text(sentence(post, letter, madeContext("en", [], [post])))).toBe("Posts Spring sale, …!");
    expect(text(sentence(post, letter, madeContext("ja", [], [post])))).toBe("「春のセール」を送ります");
    expect(text(sentence(post, letter, { ...madeContext("en", [], [post]), templates: null }))).toBe("Posts spring");
  });
});

describe("values are said by their widgets", () => {
  const cases: [string, Json, string, string][] = [
    ["duration", "90 minutes", "90 minutes", "90分"],
    ["duration", "P1DT2H", "26 hours", "26時間"],
    ["time_window", ["09:00", "18:00"], "09:00–18:00", "09:00〜18:00"],
    ["weekdays", "business_days", "business days", "平日"],
    ["words", ["vip", "sale"], "vip, sale", "vip、sale"],
    ["values", { rank: "gold", orders: null }, "Rank = gold, Orders emptied", "会員ランク＝gold、買った回数を消去"],
    ["branches", { Big: { tag: "vip" }, Small: { tag: "new" } }, "Big, Small", "Big、Small"],
    ["shares", { A: 30, B: 70 }, "A 30% / B 70%", "A 30% / B 70%"],
    ["entry_event", { event: "page.view", url: "*/shoes" }, "Looked at a page (*/shoes)", "ページを閲覧（*/shoes）"],
    ["url", "*", "any page", "全ページ"],
    ["url", "*/shoes", "*/shoes", "*/shoes"],
    ["number", 3, "3", "3"],
    ["something else", { a: 1 }, '{"a":1}', '{"a":1}'],
  ];
  it.each(cases)("%s %j", (widget, value, en, ja) => {
    const field = madeField("x", widget);
    expect(sayOf(widget)(value, field, madeContext("en", [], []))).toBe(en);
    expect(sayOf(widget)(value, field, madeContext("ja", [], []))).toBe(ja);
  });

  it("choices by their titles", () => {
    const field = madeField("x", "choice", { choices: [{ value: "a", title: { en: "Once", ja: "一度だけ" } }] });
    expect(sayOf("choice")("a", field, madeContext("ja", [], []))).toBe("一度だけ");
  });
});

describe("durations", () => {
  it.each([
    ["3 days", 259_200_000],
    ["３日", 259_200_000],
    ["1 day 12 hours", 129_600_000],
    ["P3D", 259_200_000],
    ["PT90M", 5_400_000],
    ["1.5h", 5_400_000],
    ["2週間", 1_209_600_000],
    ["0 days", null],
    ["3 months", null],
    ["soon", null],
    ["40000 days", null],
  ])("%s is read as the server reads it", (written, ms) => {
    expect(parseDuration(written)).toBe(ms);
  });

  it.each([
    [259_200_000, "3 days", "3日"],
    [5_400_000, "90 minutes", "90分"],
    [93_600_000, "26 hours", "26時間"],
    [86_400_000, "1 day", "1日"],
    [460_800_000, "5 days 8 hours", "5日8時間"],
  ])("%d is said as the server says it", (ms, en, ja) => {
    expect(formatDuration(ms, "en")).toBe(en);
    expect(formatDuration(ms, "ja")).toBe(ja);
  });
});

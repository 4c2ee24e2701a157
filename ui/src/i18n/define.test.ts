import { describe, expect, it } from "vitest";
import { everyText, fill } from "./define";

import.meta.glob("../**/texts.ts", { eager: true });

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

describe("texts", () => {
  it("are there in both languages, with the same placeholders", () => {
    const all = everyText.flatMap((texts) => Object.entries(texts));
    expect(all.length).toBeGreaterThan(10);
    for (const [name, said] of all) {
      expect(said.en.trim(), name).not.toBe("");
      expect(said.ja.trim(), name).not.toBe("");
      expect([...new Set(placeholders(said.ja))], name).toEqual([...new Set(placeholders(said.en))]);
    }
  });

  it("say something in Japanese, not English twice", () => {
    const same = everyText
      .flatMap((texts) => Object.entries(texts))
      .filter(([, said]) => said.en === said.ja && /[a-z]{4}/i.test(said.en.replace(/\{\w+\}|YAML|Python|Airflow/g, "")));
    expect(same.map(([name]) => name)).toEqual([]);
  });

  it("are filled in", () => {
    expect(fill({ en: "{n} left", ja: "残り{n}件" }, "ja", { n: 3 })).toBe("残り3件");
  });
});

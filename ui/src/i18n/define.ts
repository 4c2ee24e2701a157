// Texts live beside what shows them, in both languages at once: a missing one does not compile.
import { useHost, type Language } from "../host";
import type { Said } from "../api/types";

export type Texts = Record<string, Said>;

/** All texts that were defined, for the test that reads them. */
export const everyText: Texts[] = [];

export function defineTexts<T extends Texts>(texts: T): T {
  everyText.push(texts);
  return texts;
}

export type Values = Record<string, string | number>;

/** The text in a language with its {placeholders} filled in. */
export function fill(said: Said, language: Language, values: Values = {}): string {
  return said[language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** `t("left", { n: 3 })` for the texts of one folder. */
export function useTexts<T extends Texts>(texts: T): (name: keyof T & string, values?: Values) => string {
  const { language } = useHost();
  return (name, values) => {
    const said = texts[name];
    return said ? fill(said, language, values) : name;
  };
}

/** For what the server says in both languages. */
export function useSaid(): (said: Said | null | undefined) => string {
  const { language } = useHost();
  return (said) => said?.[language] ?? "";
}

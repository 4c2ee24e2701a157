// Languages by their names: "en" is English, or 英語.
import type { Language } from "../host";

/** What the language of that code is called in `language`; the code where nobody knows. */
export function languageName(code: string, language: Language): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

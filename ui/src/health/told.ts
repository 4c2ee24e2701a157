// What is shown of a check beside its sentences.
import type { Language } from "../host";
import type { HealthCheck } from "../api/types";

/** Those that need somebody, and those that do not; each as the server has put them in order. */
export function parted(checks: HealthCheck[]): { troubles: HealthCheck[]; fine: HealthCheck[] } {
  return {
    troubles: checks.filter((one) => one.state !== "good"),
    fine: checks.filter((one) => one.state === "good"),
  };
}

/** The limit of a share, such as "0.1 %": of the other numbers the sentence says enough. */
export function shareLimit(check: HealthCheck, language: Language): string | null {
  if (check.unit !== "share" || check.limit === null) return null;
  const locale = language === "ja" ? "ja-JP" : "en-GB";
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(check.limit);
}

export const ICONS = { good: "check", warning: "warning", bad: "error" } as const;

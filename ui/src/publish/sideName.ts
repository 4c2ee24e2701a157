import { useTexts } from "../i18n/define";
import { texts } from "./texts";
import type { Side } from "./versions";

/** What a version, or the draft, is called. */
export function useSideName(): (side: Side) => string {
  const t = useTexts(texts);
  return (side) => (side === "draft" ? t("draft") : t("version_n", { n: side }));
}

import { useEffect, useState } from "react";
import { useTexts } from "../i18n/define";
import { texts } from "./texts";

const LONG_MS = 5_000;

/** While it is looked what would happen; after a while, why it takes long. */
export function LookingLong() {
  const t = useTexts(texts);
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLong(true);
    }, LONG_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <div className="ma-publish-looking" role="status">
      <span className="ma-spinner" aria-hidden />
      <span>{t("looking")}</span>
      <small>{long && t("looking_long")}</small>
    </div>
  );
}

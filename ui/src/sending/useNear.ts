import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useMe } from "../shell/me";
import { texts } from "./texts";
import { daysFrom } from "./told";

/** Writes a time as somebody would say it who knows what day it is, in the installation's zone. */
export function useNear(now: string): (at: string) => string {
  const { language } = useHost();
  const t = useTexts(texts);
  const timeZone = useMe((state) => state.me?.timezone) ?? "UTC";
  return (at) => {
    const time = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(new Date(at));
    const days = daysFrom(now, at, timeZone);
    if (days === 0) return time;
    if (days === 1) return t("at_tomorrow", { time });
    if (days === -1) return t("at_yesterday", { time });
    return formatMoment(at, language, timeZone);
  };
}

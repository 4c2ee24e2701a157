// Who did what with the journey, when and why, the newest first.
import { useState } from "react";
import { api, ApiError } from "../api/client";
import { useLoad } from "../api/useLoad";
import type { AuditLine, AuditPage } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Button } from "../shell/Button";
import { useMe } from "../shell/me";
import { ErrorNote, Loading } from "../shell/Notes";
import { journeyPath } from "./paths";
import { texts } from "./texts";

export function AuditLog({ journey }: { journey: string }) {
  const t = useTexts(texts);
  const page = (before: number | null) => api.get<AuditPage>(journeyPath(journey, "audit"), { before });
  const first = useLoad(journey, () => page(null));
  const [more, setMore] = useState<AuditPage[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  if (first.error) return <ErrorNote error={first.error} retry={first.reload} />;
  if (!first.data) return <Loading />;
  const pages = [first.data, ...more];
  const next = pages.at(-1)?.next_before ?? null;
  const older = async () => {
    setBusy(true);
    setError(null);
    try {
      const got = await page(next);
      setMore((before) => [...before, got]);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const entries = pages.flatMap((one) => one.entries);
  if (!entries.length) return <p className="ma-log-none">{t("log_none")}</p>;
  return (
    <>
      <ol className="ma-log">
        {entries.map((entry) => (
          <Line key={entry.id} entry={entry} />
        ))}
      </ol>
      {error && <ErrorNote error={error} />}
      {next !== null && (
        <Button small disabled={busy} onClick={() => void older()}>
          {t("older")}
        </Button>
      )}
    </>
  );
}

function Line({ entry }: { entry: AuditLine }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const timezone = useMe((state) => state.me?.timezone);
  return (
    <li>
      <span>{say(entry.said)}</span>
      <span className="ma-under">{t("by", { when: formatMoment(entry.at, language, timezone), who: entry.by })}</span>
      {entry.details.length > 0 && (
        <ul className="ma-log-details">
          {entry.details.map((line) => (
            <li key={line.en}>{say(line)}</li>
          ))}
        </ul>
      )}
      {entry.reason && <span className="ma-version-note">{entry.reason}</span>}
    </li>
  );
}

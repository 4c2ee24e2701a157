// Sending the mail that is shown to colleagues: to which addresses, and what became of it.
import { useId, useState } from "react";
import { api, ApiError } from "../api/client";
import type { TrialSent } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { useMe } from "../shell/me";
import { ErrorNote, Note } from "../shell/Notes";
import { Link } from "../shell/route";
import { lastAddresses, rememberAddresses, splitAddresses } from "./testAddresses";
import { texts } from "./widgets/texts";

type Result = { sent: TrialSent } | { error: ApiError } | null;

export function TestMail(props: {
  step: string;
  template: string;
  contact: string | null;
  language: string | null;
  focused: boolean;
}) {
  const t = useTexts(texts);
  const id = useId();
  const host = useHost();
  const journey = useEditor((state) => state.document.key);
  const settings = useEditor((state) => state.document.steps.find((one) => one.id === props.step)?.settings);
  const [text, setText] = useState(lastAddresses);
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result>(null);
  const to = splitAddresses(text);

  const send = async () => {
    setBusy(true);
    setResult(null);
    const { step, template, contact, language } = props;
    const asked = { step, template, contact, language, to, settings: settings ?? {}, marked_in: host.language };
    try {
      const sent = await api.post<TrialSent>(`journeys/${encodeURIComponent(journey)}/test-mail`, asked);
      rememberAddresses(to);
      setResult({ sent });
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setResult({ error: problem });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="ma-test-mail"
      onSubmit={(event) => {
        event.preventDefault();
        if (to.length && !busy) void send();
      }}
    >
      <div className="ma-test-mail-line">
        <label>
          <span className="ma-field-label">{t("test_to")}</span>
          <input
            className="ma-input"
            type="text"
            inputMode="email"
            autoComplete="email"
            spellCheck={false}
            autoFocus={props.focused}
            placeholder={t("test_to_example")}
            aria-describedby={`${id}-about`}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
          />
        </label>
        <Button type="submit" look="primary" icon="mail" disabled={busy || !to.length}>
          {t(busy ? "test_sending" : "test_mail")}
        </Button>
      </div>
      <span className="ma-field-help" id={`${id}-about`}>
        {t("test_about")}
      </span>
      {result && ("error" in result ? <ErrorNote error={result.error} /> : <Sent sent={result.sent} />)}
    </form>
  );
}

function Sent({ sent }: { sent: TrialSent }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const show = sent.message_id !== null && (
    <Link to={["mailbox", String(sent.message_id)]} className="ma-anchor">
      {t("test_show")}
    </Link>
  );
  return (
    <>
      {sent.sent.length > 0 && (
        <Note tone="good" end={show}>
          {t("test_sent", { at: formatMoment(sent.at, language, zone), to: sent.sent.join(", ") })}
        </Note>
      )}
      {sent.unsure.length > 0 && <Note tone="warning">{t("test_unsure", { to: sent.unsure.join(", ") })}</Note>}
      {sent.failed.map((one) => (
        <Note key={one.to} tone="danger">
          {t("test_failed", { to: one.to, why: say(one.why) })}
        </Note>
      ))}
    </>
  );
}

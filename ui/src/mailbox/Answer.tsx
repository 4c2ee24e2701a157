import { useState } from "react";
import { api, ApiError } from "../api/client";
import { useSaid, useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Field } from "../shell/Field";
import { toast } from "../shell/toasts";
import { texts } from "./texts";
import type { Replied } from "./types";

const LONGEST = 10_000;

/** Answers a mail as its contact would. What was typed stays until it is recorded. */
export function Answer(props: { messageId: number; onAnswered: () => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);

  const send = async () => {
    setBusy(true);
    try {
      const { recorded } = await api.post<Replied>(`mailbox/${props.messageId}/reply`, { text });
      toast(recorded ? "good" : "info", t(recorded ? "answered" : "answered_before"));
      setText("");
      props.onAnswered();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      toast("danger", say(problem.said));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2>{t("answer")}</h2>
      <Field label={t("answer_hint")}>
        {(ids) => (
          <textarea
            {...ids}
            className="ma-input"
            rows={3}
            maxLength={LONGEST}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      <Button type="submit" icon="reply" disabled={busy || !text.trim()}>
        {t("answer_send")}
      </Button>
    </form>
  );
}

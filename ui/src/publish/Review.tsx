// The second person looks at what would happen, and agrees or sends it back.
import { useId, useState } from "react";
import { api, ApiError } from "../api/client";
import type { Answered, ApprovalRequest, Published } from "../api/types";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Field } from "../shell/Field";
import { ErrorNote } from "../shell/Notes";
import { toast } from "../shell/toasts";
import { DueAsAsked } from "./DueNow";
import { LookingLong } from "./LookingLong";
import { journeyPath } from "./paths";
import { Inside, useRunning, WhatHappens } from "./PublishChanges";
import { texts } from "./texts";
import { usePreview } from "./usePreview";
import { setWaiting } from "./waiting";

interface ReviewProps {
  request: ApprovalRequest;
  close: () => void;
  published: (published: Published) => void;
}

export function Review({ request, close, published }: ReviewProps) {
  const t = useTexts(texts);
  const { rules, per_hour } = request;
  const { preview, pending, error, retry } = usePreview({ revision: request.revision, rules, per_hour });
  const before = useRunning();
  const answering = useAnswer({ request, close, published });
  const [note, setNote] = useState("");
  const [missed, setMissed] = useState(false);
  const who = useId();
  const looked = preview !== null && before.settled;
  const decline = () => {
    setMissed(!note.trim());
    if (note.trim()) void answering.answer("decline", note.trim());
  };
  return (
    <div className="ma-publish">
      <div className="ma-publish-body">
        {request.note !== null && (
          <figure className="ma-review-note" aria-labelledby={who}>
            <figcaption id={who}>{t("review_note", { who: request.asked_by })}</figcaption>
            <blockquote>{request.note}</blockquote>
          </figure>
        )}
        {!looked && !error && <LookingLong />}
        {error && <ErrorNote error={error} retry={retry} />}
        {looked && (
          <>
            <Inside preview={preview} perHour={per_hour} />
            <WhatHappens preview={preview} before={before.version} chosen={{}} perHour={per_hour}>
              <DueAsAsked due={preview.due_now} perHour={per_hour} />
            </WhatHappens>
            <Field label={t("answer_note")} {...(missed ? { problem: t("decline_needs") } : {})}>
              {(ids) => (
                <textarea
                  {...ids}
                  className="ma-input"
                  rows={2}
                  maxLength={2_000}
                  value={note}
                  onChange={(event) => {
                    setNote(event.target.value);
                    setMissed(false);
                  }}
                />
              )}
            </Field>
          </>
        )}
      </div>
      {answering.error && <ErrorNote error={answering.error} />}
      <div className="ma-publish-foot">
        <div className="ma-publish-told" />
        <Button onClick={close}>{t("cancel")}</Button>
        <Button disabled={answering.busy || !looked} onClick={decline}>
          {t("decline")}
        </Button>
        <Button
          look="primary"
          disabled={answering.busy || !looked || pending || error !== null}
          onClick={() => void answering.answer("approve", note.trim())}
        >
          {answering.busy ? t("publishing") : t("approve")}
        </Button>
      </div>
    </div>
  );
}

function useAnswer({ request, close, published }: ReviewProps) {
  const t = useTexts(texts);
  const key = useEditor((state) => state.document.key);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const answer = async (given: "approve" | "decline", note: string) => {
    setBusy(true);
    setError(null);
    try {
      const answered = await api.post<Answered>(journeyPath(key, "approval", request.id), { answer: given, note });
      setWaiting(key, null);
      const version = answered.published?.version ?? null;
      if (answered.published === null || version === null) {
        toast("info", t("declined"));
        close();
      } else {
        useEditor.setState((state) => ({ view: state.view && { ...state.view, state: "live", version } }));
        published(answered.published);
      }
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, answer };
}

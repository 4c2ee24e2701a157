// Above the canvas: somebody asks to publish what is seen there.
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { Answered, ApprovalRequest, Published } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatAgo, formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { installationNow } from "../shell/now";
import { toast } from "../shell/toasts";
import { Live } from "./Done";
import { journeyPath } from "./paths";
import { Review } from "./Review";
import { texts } from "./texts";
import { setWaiting, useWaiting } from "./waiting";

export function ApprovalBanner() {
  const t = useTexts(texts);
  const { language } = useHost();
  const request = useWaiting();
  const [reviewed, setReviewed] = useState<ApprovalRequest | null>(null);
  const [published, setPublished] = useState<Published | null>(null);
  const close = () => {
    setReviewed(null);
    setPublished(null);
  };
  const when = request ? formatAgo(request.asked_at, installationNow(), language) : "";
  return (
    <>
      {request && (
        <div className="ma-banner ma-approval" role="status">
          <Icon name="people" />
          <span>
            {request.mine ? t("waits_mine", { when }) : t("waits", { who: request.asked_by, when })}{" "}
            {request.people > 0 && t("waits_people", { n: formatNumber(request.people, language) })}
          </span>
          <span className="ma-approval-end">
            {request.mine && <Withdraw request={request} />}
            {request.may_answer && (
              <Button
                small
                look="primary"
                onClick={() => {
                  setReviewed(request);
                }}
              >
                {t("review")}
              </Button>
            )}
          </span>
        </div>
      )}
      <Dialog
        title={t(published === null ? "review_title" : "title_live")}
        open={reviewed !== null}
        onClose={close}
        wide={published === null}
      >
        {reviewed && published === null && <Review request={reviewed} close={close} published={setPublished} />}
        {published !== null && <Live published={published} close={close} />}
      </Dialog>
    </>
  );
}

function Withdraw({ request }: { request: ApprovalRequest }) {
  const t = useTexts(texts);
  const say = useSaid();
  const key = useEditor((state) => state.document.key);
  const [busy, setBusy] = useState(false);
  const withdraw = async () => {
    setBusy(true);
    try {
      await api.post<Answered>(journeyPath(key, "approval", request.id), { answer: "withdraw", note: "" });
      setWaiting(key, null);
      toast("good", t("withdrawn"));
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setBusy(false);
      toast("danger", say(problem.said));
    }
  };
  return (
    <Button small disabled={busy} onClick={() => void withdraw()}>
      {t("withdraw")}
    </Button>
  );
}

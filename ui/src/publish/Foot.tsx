// The end of the dialog: who has to agree, and the buttons.
import type { ReactNode } from "react";
import type { Approval } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

export function Foot(props: {
  close: () => void;
  act: "publish" | "publish_changes" | "ask_approval";
  does: () => void;
  busy?: boolean;
  disabled?: boolean;
  approval?: Approval | null;
  children?: ReactNode;
}) {
  const t = useTexts(texts);
  const say = useSaid();
  const { approval, busy = false } = props;
  return (
    <div className="ma-publish-foot">
      <div className="ma-publish-told" role="status">
        {props.children}
        {approval?.needed && (
          <span className="ma-publish-approval">
            <Icon name="people" size={16} />
            <span>
              {t("approval_needed")} {say(approval.why)} {approval.waiting && t("approval_replaces")}
            </span>
          </span>
        )}
      </div>
      <Button onClick={props.close}>{t("cancel")}</Button>
      <Button look="primary" disabled={busy || (props.disabled ?? false)} onClick={props.does}>
        {busy ? t("publishing") : t(props.act)}
      </Button>
    </div>
  );
}

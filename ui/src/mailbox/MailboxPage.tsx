// The sandbox mailbox: the list beside the mail that is open; on a narrow page one of both.
import "../shell/pages.css";
import "./mailbox.css";
import { useEffect } from "react";
import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { LoadProblem } from "../shell/LoadProblem";
import { Empty, Loading } from "../shell/Notes";
import { go, Link } from "../shell/route";
import { MailList } from "./MailList";
import { MailReader } from "./MailReader";
import { useMailList } from "./store";
import { texts } from "./texts";

const EVERY_MS = 10_000;

export function MailboxPage(props: { message: number | null }) {
  const t = useTexts(texts);
  const { mails, loaded, error, search, unread, refresh } = useMailList();
  useEffect(() => {
    void refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void refresh();
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [refresh]);

  const isWhole = !search && !unread;
  if (isWhole && mails.length === 0) {
    if (!loaded) return <Loading />;
    if (error) return <LoadProblem error={error} retry={() => void refresh()} />;
    if (props.message === null) return <NoMails />;
  }
  const isOpen = props.message !== null;
  return (
    <div className={`ma-mailbox ${isOpen ? "ma-mailbox-open" : ""}`}>
      <MailList chosen={props.message} />
      <div className="ma-mailbox-pane">
        {isOpen ? (
          <>
            <Link to={["mailbox"]} className="ma-anchor ma-mailbox-back">
              <Icon name="back" size={16} /> {t("back")}
            </Link>
            <MailReader messageId={props.message ?? 0} />
          </>
        ) : (
          <Empty icon="mail" title={t("pick")}>
            <h1 className="ma-hidden">{t("title")}</h1>
            <p>{t("pick_about")}</p>
          </Empty>
        )}
      </div>
    </div>
  );
}

function NoMails() {
  const t = useTexts(texts);
  return (
    <Empty icon="mail" title={t("none")}>
      <p>{t("none_about")}</p>
      <Button
        look="primary"
        onClick={() => {
          go("journeys");
        }}
      >
        {t("to_journeys")}
      </Button>
    </Empty>
  );
}

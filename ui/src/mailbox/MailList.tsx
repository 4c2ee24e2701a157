import { useLayoutEffect, useRef, useState } from "react";
import { Segments } from "../forms/Segments";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Button } from "../shell/Button";
import { useMe } from "../shell/me";
import { ErrorNote, Loading } from "../shell/Notes";
import { Link } from "../shell/route";
import { SearchBox } from "../shell/SearchBox";
import { Reactions } from "./Reactions";
import { place, useMailList } from "./store";
import { texts } from "./texts";
import type { MailSummary } from "./types";

/** Search, and the mails newest first. */
export function MailList(props: { chosen: number | null }) {
  const t = useTexts(texts);
  const { mails, nextBefore, search, unread, loaded, error, look, refresh, older } = useMailList();
  const [fetching, setFetching] = useState(false);
  const list = useRef<HTMLElement>(null);
  // Every mail that is opened mounts the page anew: the list must not jump.
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = place.top;
  }, []);
  return (
    <section
      ref={list}
      className="ma-mails"
      aria-label={t("list")}
      onScroll={(event) => {
        place.top = event.currentTarget.scrollTop;
      }}
    >
      <div className="ma-mails-head">
        <SearchBox
          label={t("search")}
          value={search}
          onSearch={(text) => {
            if (text !== useMailList.getState().search) look({ search: text });
          }}
        />
        <Segments
          label={t("show")}
          options={[
            { value: "all", label: t("all") },
            { value: "unread", label: t("unread") },
          ]}
          value={unread ? "unread" : "all"}
          onChange={(value) => {
            look({ unread: value === "unread" });
          }}
        />
        <p className="ma-mails-legend">
          <span className="ma-mail-new" aria-hidden /> {t("unread_about")}
        </p>
      </div>
      {error && <ErrorNote error={error} retry={() => void refresh()} />}
      {!loaded && <Loading />}
      {loaded && !error && mails.length === 0 && (
        <p className="ma-mails-none">{t(search ? "none_found" : "none_unread")}</p>
      )}
      <ul>
        {mails.map((mail) => (
          <MailRow key={mail.message_id} mail={mail} isChosen={mail.message_id === props.chosen} />
        ))}
      </ul>
      {nextBefore !== null && mails.length > 0 && (
        <div className="ma-show-more">
          <Button
            small
            disabled={fetching}
            onClick={() => {
              setFetching(true);
              void older().finally(() => {
                setFetching(false);
              });
            }}
          >
            {t("older")}
          </Button>
        </div>
      )}
    </section>
  );
}

function MailRow(props: { mail: MailSummary; isChosen: boolean }) {
  const { mail, isChosen } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  return (
    <li>
      <Link
        to={["mailbox", String(mail.message_id)]}
        current={isChosen}
        className={`ma-mail-row ${mail.read ? "" : "ma-mail-unread"}`}
      >
        <span className="ma-mail-row-top">
          <span className="ma-mail-who">
            {!mail.read && (
              <span className="ma-mail-new" title={t("unread_about")}>
                <span className="ma-hidden">{t("unread")}: </span>
              </span>
            )}
            {mail.to_name ?? mail.to_address}
          </span>
          <time dateTime={mail.delivered_at}>{formatMoment(mail.delivered_at, language, zone)}</time>
        </span>
        <span className="ma-mail-subject">{mail.subject}</span>
        <span className="ma-mail-row-end">
          {mail.journey === null ? <span className="ma-badge">{t("test_mail")}</span> : <span className="ma-mail-step">{mail.journey_title}</span>}
          <Reactions mail={mail} />
        </span>
      </Link>
    </li>
  );
}

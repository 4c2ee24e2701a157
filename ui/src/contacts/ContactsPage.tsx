// All contacts: who they are, and which journeys they are in.
import "../shell/pages.css";
import "./contacts.css";
import { useEffect, useState } from "react";
import type { ContactSummary } from "../api/types";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatAgo, formatMoment, formatNumber } from "../i18n/format";
import { Button } from "../shell/Button";
import { LoadProblem } from "../shell/LoadProblem";
import { useMe } from "../shell/me";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { installationNow } from "../shell/now";
import { Link } from "../shell/route";
import { SearchBox } from "../shell/SearchBox";
import { useContactList } from "./list";
import { TagList } from "./TagList";
import { texts } from "./texts";

export function ContactsPage() {
  const t = useTexts(texts);
  const { language } = useHost();
  const { search, contacts, nextAfter, total, loaded, error, look, refresh, more } = useContactList();
  const [fetching, setFetching] = useState(false);
  useEffect(() => {
    // Further pages that were fetched stay: they are what the reader comes back to.
    if (useContactList.getState().contacts.length <= 50) void refresh();
  }, [refresh]);

  if (error && contacts.length === 0) return <LoadProblem error={error} retry={() => void refresh()} />;
  if (!loaded && !search && contacts.length === 0) return <Loading />;
  if (loaded && !search && contacts.length === 0) return <NoContacts />;
  return (
    <div className="ma-page-inner">
      <div className="ma-page-head">
        <h1>{t("title")}</h1>
        {loaded && <span className="ma-muted">{t("total", { n: formatNumber(total, language) })}</span>}
      </div>
      <div className="ma-toolbar">
        <SearchBox
          label={t("search")}
          value={search}
          onSearch={(text) => {
            if (text !== useContactList.getState().search) look(text);
          }}
        />
      </div>
      {error && <ErrorNote error={error} retry={() => void refresh()} />}
      {!loaded && <Loading />}
      {loaded && contacts.length === 0 && (
        <Empty icon="search" title={t("none_found")}>
          <p>{t("none_found_about")}</p>
        </Empty>
      )}
      {contacts.length > 0 && <ContactTable contacts={contacts} />}
      {nextAfter !== null && (
        <div className="ma-show-more">
          <Button
            disabled={fetching}
            onClick={() => {
              setFetching(true);
              void more().finally(() => {
                setFetching(false);
              });
            }}
          >
            {t("more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function NoContacts() {
  const t = useTexts(texts);
  return (
    <Empty icon="people" title={t("none")}>
      <p>{t("none_about")}</p>
    </Empty>
  );
}

function ContactTable(props: { contacts: ContactSummary[] }) {
  const t = useTexts(texts);
  const now = installationNow();
  return (
    <div className="ma-table-box">
      <table className="ma-table ma-table-stack">
        <thead>
          <tr>
            <th scope="col">{t("person")}</th>
            <th scope="col">{t("tags")}</th>
            <th scope="col">{t("journeys")}</th>
            <th scope="col" className="ma-num">
              {t("score")}
            </th>
            <th scope="col">{t("last_seen")}</th>
          </tr>
        </thead>
        <tbody>
          {props.contacts.map((contact) => (
            <Row key={contact.key} contact={contact} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: { contact: ContactSummary; now: string }) {
  const { contact, now } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const seen = contact.last_seen_at;
  return (
    <tr>
      <td>
        <Link to={["contacts", contact.key]} className="ma-strong-link">
          {contact.name ?? contact.email ?? contact.key}
        </Link>
        <span className="ma-under">{contact.name === null ? contact.key : (contact.email ?? contact.key)}</span>
      </td>
      <td>
        <TagList tags={contact.tags} most={4} />
      </td>
      <td>
        {contact.journeys.map((title) => (
          <span key={title} className="ma-contact-journey">
            {title}
          </span>
        ))}
      </td>
      <td className="ma-num">{formatNumber(contact.score, language)}</td>
      <td className="ma-muted">
        {seen === null ? (
          t("never")
        ) : (
          <time dateTime={seen} title={formatMoment(seen, language, zone)}>
            {formatAgo(seen, now, language)}
          </time>
        )}
      </td>
    </tr>
  );
}

import { Tabs } from "radix-ui";
import { useEffect } from "react";
import { api, ApiError, apiUrl } from "../api/client";
import { useLoad } from "../api/useLoad";
import { iconOfEvent } from "../contacts/timeline";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { Link } from "../shell/route";
import { Answer } from "./Answer";
import { Reactions } from "./Reactions";
import { useMailList } from "./store";
import { texts } from "./texts";
import type { Mail } from "./types";

const EVERY_MS = 10_000;

/** One mail: as it looks, as text, its headers; what happened with it; and answering it. */
export function MailReader(props: { messageId: number }) {
  const t = useTexts(texts);
  const { messageId } = props;
  const { data: mail, error, reload } = useLoad(`mail-${messageId}`, () => api.get<Mail>(`mailbox/${messageId}`), EVERY_MS);
  const isUnread = mail?.read === false;
  useEffect(() => {
    if (isUnread) void markRead(messageId);
  }, [isUnread, messageId]);

  if (!mail) {
    if (!error) return <Loading />;
    if (error.status === 404 || error.status === 422) return <Empty icon="mail" title={t("no_such")} />;
    return (
      <div className="ma-page-inner">
        <ErrorNote error={error} retry={reload} />
      </div>
    );
  }
  return (
    <article className="ma-letter">
      <header>
        <h1>{mail.subject}</h1>
        <Reactions mail={mail} />
        <Facts mail={mail} />
      </header>
      <div className="ma-mail-body">
        <Parts mail={mail} />
        {mail.journey === null ? (
          <aside className="ma-muted">{t("test_mail_about")}</aside>
        ) : (
        <aside>
          <Happened mail={mail} />
          <Answer
            key={mail.message_id}
            messageId={mail.message_id}
            onAnswered={() => {
              reload();
              void useMailList.getState().refresh();
            }}
          />
        </aside>
        )}
      </div>
    </article>
  );
}

async function markRead(messageId: number) {
  try {
    await api.post(`mailbox/${messageId}/read`, {});
    useMailList.getState().seen(messageId);
  } catch (problem) {
    // Unread is all it stays: nothing to bother the reader with.
    if (!(problem instanceof ApiError)) throw problem;
  }
}

function Facts(props: { mail: Mail }) {
  const { mail } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const to = mail.to_name ?? mail.to_address;
  return (
    <dl>
      <dt>{t("to")}</dt>
      <dd>
        {mail.contact === null ? (
          to
        ) : (
          <Link to={["contacts", mail.contact]} className="ma-anchor">
            {to}
          </Link>
        )}
        {mail.to_name && <span className="ma-muted"> {mail.to_address}</span>}
      </dd>
      <dt>{t("from")}</dt>
      <dd>{mail.sender}</dd>
      {mail.journey !== null && (
        <>
          <dt>{t("step")}</dt>
          <dd>
            <Link to={["journeys", mail.journey]} className="ma-anchor">
              {mail.journey_title}
            </Link>{" "}
            <span className="ma-muted">› {say(mail.step_title)}</span>
          </dd>
        </>
      )}
      <dt>{t("delivered")}</dt>
      <dd>{formatMoment(mail.delivered_at, language, zone)}</dd>
      {mail.template !== null && (
        <>
          <dt>{t("template")}</dt>
          <dd>{mail.template}</dd>
        </>
      )}
    </dl>
  );
}

function Parts(props: { mail: Mail }) {
  const { mail } = props;
  const t = useTexts(texts);
  return (
    <Tabs.Root className="ma-mail-parts" defaultValue="html">
      <Tabs.List className="ma-mail-tabs">
        {(["html", "text", "headers"] as const).map((part) => (
          <Tabs.Trigger key={part} value={part}>
            {t(`part_${part}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value="html">
        {/* Whatever is in the mail: it can run nothing, and its links open in a tab of their own. */}
        <iframe
          key={mail.message_id}
          title={mail.subject}
          src={apiUrl(`mailbox/${mail.message_id}/html`)}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
        />
      </Tabs.Content>
      <Tabs.Content value="text">
        <pre>{mail.text}</pre>
      </Tabs.Content>
      <Tabs.Content value="headers">
        <dl className="ma-mail-headers">
          {Object.entries(mail.headers).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Tabs.Content>
    </Tabs.Root>
  );
}

function Happened(props: { mail: Mail }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  return (
    <section className="ma-happened">
      <h2>{t("happened")}</h2>
      {props.mail.events.length === 0 && <p className="ma-muted">{t("happened_none")}</p>}
      <ul>
        {props.mail.events.map((event, index) => (
          <li key={index}>
            <Icon name={iconOfEvent(event.type, event.url)} size={16} />
            <div>
              {say(event.title)}
              {event.machine && <span className="ma-badge">{t("by_machine")}</span>}
              <time className="ma-under" dateTime={event.at}>
                {formatMoment(event.at, language, zone)}
              </time>
              {event.url && <span className="ma-under ma-happened-url">{event.url}</span>}
              {event.text && <blockquote>{event.text}</blockquote>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

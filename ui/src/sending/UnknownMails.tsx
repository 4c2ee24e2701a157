import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { Button } from "../shell/Button";
import { Link } from "../shell/route";
import { texts } from "./texts";
import { alike, fateOf } from "./told";
import type { UnknownList, UnknownMail } from "./types";

type Near = (at: string) => string;

/** Mails that may or may not have gone out, and what becomes of each. */
export function UnknownMails(props: { found: UnknownList; now: string; near: Near; more: (() => void) | null }) {
  const { found, now, near } = props;
  const t = useTexts(texts);
  const fate = (mail: UnknownMail) => t(...fateOf(mail, now, near));
  const groups = alike(found.mails, (mail) => fate(mail) + near(mail.since));
  return (
    <section>
      <h2 className="ma-section-title">{t("unknown")}</h2>
      {groups.length === 0 ? (
        <p className="ma-box ma-muted">{t("unknown_none")}</p>
      ) : (
        <>
          <p className="ma-muted">{t("unknown_about")}</p>
          {groups.map((mails) => (
            <Group key={mails[0]?.message_id} mails={mails} fate={fate} near={near} />
          ))}
          {found.mails.every((mail) => !mail.recipient) && <p className="ma-muted">{t("hidden")}</p>}
          {found.next_after && props.more && (
            <div className="ma-show-more">
              <Button onClick={props.more}>{t("more")}</Button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function Group(props: { mails: UnknownMail[]; fate: (mail: UnknownMail) => string; near: Near }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const [first] = props.mails;
  if (!first) return null;
  const n = props.mails.length;
  const known = props.mails.flatMap((mail) => mail.recipient ?? []);
  return (
    <article className="ma-box ma-unknown">
      <div>
        <Link to={["journeys", first.journey]} className="ma-strong-link">
          {first.journey_title}
        </Link>
        <span className="ma-under">{say(first.step_title)}</span>
        <p className="ma-muted ma-small">
          {t(n > 1 ? "unknown_many" : "unknown_one", {
            n: formatNumber(n, language),
            conn_id: first.conn_id,
            time: props.near(first.since),
          })}
        </p>
      </div>
      <div>
        <p>
          <b>{props.fate(first)}</b>
        </p>
        <p className="ma-muted">
          {t("why")}: {say(first.reason)}
        </p>
        {known.length > 0 && (
          <details open={known.length <= 5}>
            <summary>{t("recipients")}</summary>
            <ul className="ma-recipients">
              {known.map((one) => (
                <li key={one.key}>
                  <Link to={["contacts", one.key]} className="ma-anchor">
                    {one.name ?? one.key}
                  </Link>{" "}
                  <span className="ma-muted">{one.email}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </article>
  );
}

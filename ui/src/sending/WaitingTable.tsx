import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { Link } from "../shell/route";
import { texts } from "./texts";
import { spanOf } from "./told";
import type { WaitingMails } from "./types";

type Near = (at: string) => string;

/** Which mails wait, at which step, why and until when. */
export function WaitingTable(props: { waiting: WaitingMails[]; now: string; near: Near }) {
  const t = useTexts(texts);
  return (
    <section>
      <h2 className="ma-section-title">{t("waiting")}</h2>
      {props.waiting.length === 0 ? (
        <p className="ma-box ma-muted">{t("waiting_none")}</p>
      ) : (
        <div className="ma-table-box">
          <table className="ma-table ma-table-stack">
            <thead>
              <tr>
                <th scope="col">{t("step")}</th>
                <th scope="col" className="ma-num">
                  {t("number")}
                </th>
                <th scope="col">{t("why")}</th>
                <th scope="col">{t("until")}</th>
              </tr>
            </thead>
            <tbody>
              {props.waiting.map((one) => (
                <Row key={`${one.journey} ${one.step} ${one.why}`} one={one} now={props.now} near={props.near} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row(props: { one: WaitingMails; now: string; near: Near }) {
  const { one, now, near } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const span = spanOf(one, now);
  const hard = one.why === "paused" ? "ma-badge-danger" : one.why === "retryable" || one.why === "unresolved" ? "ma-badge-warning" : "";
  return (
    <tr>
      <td>
        <Link to={["journeys", one.journey]} className="ma-strong-link">
          {one.journey_title}
        </Link>
        <span className="ma-under">{say(one.step_title)}</span>
      </td>
      <td className="ma-num">
        <b>{formatNumber(one.number, language)}</b>
      </td>
      <td>
        <span className={`ma-badge ${hard}`}>{say(one.title)}</span>
        {one.about && <span className="ma-under">{say(one.about)}</span>}
        {one.reason && <span className="ma-under">{say(one.reason)}</span>}
      </td>
      <td>{"text" in span ? t(span.text) : said(near(span.first), near(span.last), t)}</td>
    </tr>
  );
}

function said(first: string, last: string, t: ReturnType<typeof useTexts<typeof texts>>): string {
  return first === last ? first : t("when_between", { first, last });
}

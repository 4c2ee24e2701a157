import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { texts } from "./texts";
import { PARTS } from "./told";
import type { ConnectionSending, SendingState } from "./types";

type Near = (at: string) => string;

const CHANNELS = ["sandbox", "sendgrid", "smtp"] as const;

/** Every connection with what it did in the window, and what it has before it now. */
export function ConnectionCards(props: { state: SendingState; near: Near }) {
  const t = useTexts(texts);
  const { state, near } = props;
  return (
    <section>
      <h2 className="ma-section-title">
        {t("connections")}
        <span className="ma-muted">
          {t(state.shortened ? "counted_newest" : "counted_since", { time: near(state.since) })}
        </span>
      </h2>
      {state.connections.length === 0 && <p className="ma-box ma-muted">{t("quiet_all")}</p>}
      <div className="ma-connections">
        {state.connections.map((one) => (
          <ConnectionCard key={one.conn_id} one={one} now={state.as_of} near={near} />
        ))}
      </div>
    </section>
  );
}

function ConnectionCard(props: { one: ConnectionSending; now: string; near: Near }) {
  const { one } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  const channel = CHANNELS.find((name) => name === one.channel);
  const parts = PARTS.filter((name) => one[name] > 0);
  return (
    <article className={`ma-box ${one.pause ? "ma-connection-paused" : ""}`}>
      <h3 className="ma-connection-name">
        {one.conn_id}
        <span className={`ma-badge ${one.pause ? "ma-badge-danger" : "ma-badge-good"}`}>
          {t(one.pause ? "paused" : "open")}
        </span>
      </h3>
      {channel && <p className="ma-muted ma-small">{t(`channel_${channel}`)}</p>}
      {parts.length === 0 ? (
        <p className="ma-muted">{t("quiet")}</p>
      ) : (
        <>
          <p className="ma-figure">
            <strong>{formatNumber(one.accepted, language)}</strong> {t("n_accepted")}
          </p>
          <div className="ma-bar" aria-hidden>
            {parts.map((name) => (
              <span key={name} className={`ma-part-${name}`} style={{ flexGrow: one[name] }} />
            ))}
          </div>
          <ul className="ma-parts">
            {parts
              .filter((name) => name !== "accepted")
              .map((name) => (
                <li key={name}>
                  <span className={`ma-key ma-part-${name}`} aria-hidden />
                  <b>{formatNumber(one[name], language)}</b> {t(`n_${name}`)}
                  {name === "retryable" && one.next_try && one.next_try > props.now && (
                    <span className="ma-muted"> {t("next_try", { time: props.near(one.next_try) })}</span>
                  )}
                  {name === "rejected" && <Reasons one={one} />}
                </li>
              ))}
          </ul>
        </>
      )}
    </article>
  );
}

function Reasons(props: { one: ConnectionSending }) {
  const say = useSaid();
  const { language } = useHost();
  return (
    <ul>
      {props.one.reasons.map((reason) => (
        <li key={reason.reason}>
          {say(reason.title)} <span className="ma-muted">{formatNumber(reason.number, language)}</span>
        </li>
      ))}
    </ul>
  );
}

import { useState } from "react";
import type { Happening } from "../api/types";
import { Segments } from "../forms/Segments";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatDay } from "../i18n/format";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { Link } from "../shell/route";
import { texts } from "./texts";
import { byDay, iconOf, isWebAddress, ofSide, type Side } from "./timeline";

const STEP = 50;
const SIDES: readonly Side[] = ["all", "us", "them"];

/** Everything that happened, newest first: what we did on the left, what they did on the right. */
export function Timeline(props: { happenings: Happening[] }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone) ?? "UTC";
  const [side, setSide] = useState<Side>("all");
  const [most, setMost] = useState(STEP);
  const wanted = ofSide(props.happenings, side);
  return (
    <section>
      <div className="ma-timeline-head">
        <h2 className="ma-section-title">{t("timeline")}</h2>
        {props.happenings.length > 0 && (
          <Segments
            label={t("show")}
            value={side}
            options={SIDES.map((value) => ({ value, label: t(value) }))}
            onChange={(value) => {
              setSide(SIDES.find((one) => one === value) ?? "all");
            }}
          />
        )}
      </div>
      {props.happenings.length === 0 && <p className="ma-muted">{t("timeline_none")}</p>}
      {props.happenings.length > 0 && wanted.length === 0 && <p className="ma-muted">{t("none_of_these")}</p>}
      {byDay(wanted.slice(0, most), zone).map((day) => (
        <div key={day.day} className="ma-timeline-day">
          <h3>{formatDay(day.happenings[0]?.at ?? day.day, language, zone)}</h3>
          <ol className={side === "all" ? "ma-two-sides" : ""}>
            {day.happenings.map((one, index) => (
              <Entry key={`${one.at} ${index}`} one={one} zone={zone} />
            ))}
          </ol>
        </div>
      ))}
      {wanted.length > most && (
        <div className="ma-show-more">
          <Button
            onClick={() => {
              setMost(most + STEP);
            }}
          >
            {t("more")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Entry(props: { one: Happening; zone: string }) {
  const { one, zone } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  return (
    <li className={`ma-entry ma-entry-${one.by} ${one.machine ? "ma-entry-machine" : ""}`}>
      <span className="ma-entry-icon">
        <Icon name={iconOf(one)} size={16} />
      </span>
      <div className="ma-entry-body">
        <span className="ma-entry-who">
          {t(one.by)} · <time dateTime={one.at}>{time.format(new Date(one.at))}</time>
        </span>
        <span className="ma-entry-title">{say(one.title)}</span>
        {one.machine && (
          <span className="ma-badge">
            <Icon name="settings" size={12} />
            {t("by_machine")}
          </span>
        )}
        {one.detail && <span className="ma-under ma-entry-detail">{say(one.detail)}</span>}
        <Links one={one} />
      </div>
    </li>
  );
}

function Links(props: { one: Happening }) {
  const { one } = props;
  const t = useTexts(texts);
  const sandbox = useMe((state) => state.me?.sandbox ?? false);
  const mail = sandbox ? one.message_id : null;
  if (!one.url && one.journey === null && mail === null) return null;
  return (
    <span className="ma-under ma-entry-links">
      {one.url &&
        (isWebAddress(one.url) ? (
          <a className="ma-anchor" href={one.url} target="_blank" rel="noreferrer" title={t("opens_tab")}>
            {one.url}
          </a>
        ) : (
          <span>{one.url}</span>
        ))}
      {mail !== null && (
        <Link to={["mailbox", String(mail)]} className="ma-anchor">
          {t("open_mail")}
        </Link>
      )}
      {one.journey !== null && (
        <Link to={["journeys", one.journey]} className="ma-anchor">
          {one.journey_title ?? one.journey}
        </Link>
      )}
    </span>
  );
}

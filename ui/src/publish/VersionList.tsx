// The versions, the newest first; the chosen one is opened, with what it changed.
import { useId } from "react";
import type { VersionSummary } from "../api/types";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment, formatNumber } from "../i18n/format";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { Changes } from "./Changes";
import { Restore } from "./Restore";
import { useSideName } from "./sideName";
import { texts } from "./texts";
import type { Compared } from "./useCompared";
import { oneBefore, type Side } from "./versions";

interface ListProps {
  versions: readonly VersionSummary[];
  sides: readonly Side[];
  side: Side | null;
  other: Side | null;
  compared: Compared;
  step: string | null;
  onStep: (step: string) => void;
  onSide: (side: Side) => void;
  onOther: (side: Side | null) => void;
}

export function VersionList(props: ListProps) {
  const byNumber = new Map(props.versions.map((one) => [one.version, one]));
  return (
    <ol className="ma-versions">
      {props.sides.map((side) => (
        <li key={side} className={`ma-version ${side === props.side ? "ma-version-open" : ""}`}>
          <Head
            side={side}
            version={side === "draft" ? null : (byNumber.get(side) ?? null)}
            open={side === props.side}
            onOpen={() => {
              props.onSide(side);
            }}
          />
          {side === props.side && <Opened {...props} side={side} />}
        </li>
      ))}
    </ol>
  );
}

function Head(props: { side: Side; version: VersionSummary | null; open: boolean; onOpen: () => void }) {
  const { version } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  const nameOf = useSideName();
  const timezone = useMe((state) => state.me?.timezone);
  const who = version && (version.by ?? (version.source === "git" ? t("from_file") : null));
  const when = version && formatMoment(version.at, language, timezone);
  return (
    <button type="button" className="ma-version-head" aria-expanded={props.open} onClick={props.onOpen}>
      <span className="ma-version-name">
        <b>{nameOf(props.side)}</b>
        {version?.current && <span className="ma-badge ma-badge-good">{t("current")}</span>}
        {version !== null && version.people > 0 && (
          <span className="ma-version-people" title={t("people_on", { n: formatNumber(version.people, language) })}>
            <Icon name="people" size={14} title={t("people_on", { n: formatNumber(version.people, language) })} />
            {formatNumber(version.people, language)}
          </span>
        )}
      </span>
      <span className="ma-under">{version === null ? t("draft_about") : who === null ? when : t("by", { when: when ?? "", who: who ?? "" })}</span>
      {version?.note && <span className="ma-version-note">{version.note}</span>}
    </button>
  );
}

function Opened(props: ListProps & { side: Side }) {
  const { side, sides, other, compared } = props;
  const t = useTexts(texts);
  const nameOf = useSideName();
  const select = useId();
  const usual = oneBefore(side, sides);
  const { shown } = compared;
  return (
    <div className="ma-version-body">
      {sides.length > 1 && (
        <p className="ma-version-with">
          <label htmlFor={select}>{t("compared_with")}</label>
          <select
            id={select}
            className="ma-input"
            value={other ?? ""}
            onChange={(event) => {
              props.onOther(sides.find((one) => String(one) === event.target.value) ?? null);
            }}
          >
            {other === null && <option value="" />}
            {sides
              .filter((one) => one !== side)
              .map((one) => (
                <option key={one} value={one}>
                  {one === usual ? t("one_before", { name: nameOf(one) }) : nameOf(one)}
                </option>
              ))}
          </select>
        </p>
      )}
      {usual === null && other === null && <p className="ma-muted">{t("first_version")}</p>}
      {shown?.diff && (
        <div className={compared.pending ? "ma-history-pending" : ""}>
          <Changes
            diff={shown.diff}
            before={shown.before?.document ?? null}
            after={shown.after.document}
            chosen={props.step}
            onChoose={props.onStep}
          />
        </div>
      )}
      {side !== "draft" && <Restore version={side} />}
    </div>
  );
}

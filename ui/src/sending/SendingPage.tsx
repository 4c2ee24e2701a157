// How sending goes: what is paused and why, what waits, what may or may not have gone out.
import "../shell/pages.css";
import "./sending.css";
import { useEffect, useState } from "react";
import { api } from "../api/client";
import { useLoad } from "../api/useLoad";
import { Segments } from "../forms/Segments";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Button } from "../shell/Button";
import { LoadProblem } from "../shell/LoadProblem";
import { useMe } from "../shell/me";
import { Empty, ErrorNote, Loading, Note } from "../shell/Notes";
import { go } from "../shell/route";
import { ConnectionCards } from "./ConnectionCards";
import { PausedConnection } from "./PausedConnection";
import { SuppressedAddresses } from "./SuppressedAddresses";
import { texts } from "./texts";
import type { SendingState, UnknownList } from "./types";
import { UnknownMails } from "./UnknownMails";
import { useNear } from "./useNear";
import { WaitingTable } from "./WaitingTable";

const EVERY_MS = 10_000;
const WINDOWS = [1, 24, 168] as const;
/** Unknown mails that are shown at first, and after "show more". */
const FIRST = 50;
const MOST = 1_000;

export function SendingPage() {
  const t = useTexts(texts);
  const [hours, setHours] = useState<(typeof WINDOWS)[number]>(24);
  const [limit, setLimit] = useState(FIRST);
  const [resumed, setResumed] = useState(false);
  const state = useLoad("sending", () => api.get<SendingState>("sending", { hours }), EVERY_MS);
  const unknown = useLoad("unknown", () => api.get<UnknownList>("sending/unknown", { limit }), EVERY_MS);
  // Another window is loaded over the same key: what is shown stays until the answer is there.
  const { reload } = state;
  const { reload: reloadUnknown } = unknown;
  useEffect(() => {
    reload();
  }, [hours, reload]);
  useEffect(() => {
    reloadUnknown();
  }, [limit, reloadUnknown]);
  const { language } = useHost();
  const zone = useMe((one) => one.me?.timezone);
  const near = useNear(state.data?.as_of ?? new Date().toISOString());

  if (!state.data) {
    return state.error ? <LoadProblem error={state.error} retry={reload} /> : <Loading />;
  }
  const { pauses, connections, waiting, suppressed, as_of } = state.data;
  const mails = unknown.data?.mails ?? [];
  const failed = state.error ?? unknown.error;
  const never = connections.length + waiting.length + mails.length + suppressed.length === 0;
  return (
    <div className="ma-page-inner">
      <div className="ma-page-head">
        <h1>{t("title")}</h1>
        <div className="ma-page-head-end">
          <Segments
            label={t("window")}
            options={WINDOWS.map((value) => ({ value: String(value), label: t(`hours_${value}`) }))}
            value={String(hours)}
            onChange={(value) => {
              setHours(WINDOWS.find((one) => String(one) === value) ?? 24);
            }}
          />
        </div>
      </div>
      <p className="ma-muted ma-sending-about">{t("about", { time: formatMoment(as_of, language, zone) })}</p>
      {failed && (
        <div className="ma-sending-notes">
          <ErrorNote error={failed} retry={reload} />
        </div>
      )}
      <div className="ma-sending-notes">
        {pauses.map((pause) => (
          <PausedConnection
            key={pause.conn_id}
            pause={pause}
            since={near(pause.at)}
            mails={waiting.filter((one) => one.why === "paused").reduce((sum, one) => sum + one.number, 0)}
            onResumed={() => {
              setResumed(true);
              reload();
            }}
          />
        ))}
        {resumed && pauses.length === 0 && <Note tone="good">{t("resumed")}</Note>}
      </div>
      {never ? (
        <Nothing />
      ) : (
        <>
          <ConnectionCards state={state.data} near={near} />
          <WaitingTable waiting={waiting} now={as_of} near={near} />
          {unknown.data && (
            <UnknownMails
              found={unknown.data}
              now={as_of}
              near={near}
              more={
                limit < MOST
                  ? () => {
                      setLimit(MOST);
                    }
                  : null
              }
            />
          )}
          <SuppressedAddresses suppressed={suppressed} />
        </>
      )}
    </div>
  );
}

function Nothing() {
  const t = useTexts(texts);
  const me = useMe((state) => state.me);
  return (
    <Empty icon="send" title={t("empty_title")}>
      <p>{t("empty_about")}</p>
      {me?.sandbox && <p>{t("empty_sandbox")}</p>}
      <Button
        look="primary"
        onClick={() => {
          go("journeys");
        }}
      >
        {t("empty_journeys")}
      </Button>
    </Empty>
  );
}

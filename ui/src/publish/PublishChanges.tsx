// Publishing a journey that people are in: what changes, for whom, and which mails go out at once.
import { useEffect, useId, useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import { useLoad } from "../api/useLoad";
import type { Preview, VersionView } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { ErrorNote, Note } from "../shell/Notes";
import { DiffTabs } from "./DiffTabs";
import { DueNow, type Limit } from "./DueNow";
import { Foot } from "./Foot";
import { LookingLong } from "./LookingLong";
import { namesIn } from "./names";
import { journeyPath } from "./paths";
import { Places } from "./Places";
import { handled, usePublish, Warnings, type StageProps } from "./PublishDialog";
import { allRules, concerned, countedRules, limitOf, mailsAtOnce, seenIn, type Chosen } from "./rules";
import { texts } from "./texts";
import { usePreview } from "./usePreview";

const USUAL_LIMIT = "100";

export function PublishChanges({ close, done }: StageProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const [chosen, setChosen] = useState<Chosen>({});
  const [limit, setLimit] = useState<Limit>({ on: false, typed: USUAL_LIMIT });
  const [note, setNote] = useState("");
  const perHour = limit.on ? limitOf(limit.typed) : null;
  const previewed = usePreview({ revision: null, rules: countedRules(chosen), per_hour: perHour });
  const { preview, pending, error, retry } = previewed;
  const before = useRunning();
  const publishing = usePublish(close, done, retry);
  const noteId = useId();
  useEffect(() => {
    if (error) handled(error, close);
  }, [error, close]);
  const looked = preview !== null && before.settled;
  return (
    <div className="ma-publish">
      <div className="ma-publish-body">
        {!looked && !error && <LookingLong />}
        {error && <ErrorNote error={error} retry={retry} />}
        {looked && (
          <>
            <Inside preview={preview} perHour={perHour} />
            <Warnings close={close} />
            <WhatHappens preview={preview} before={before.version} chosen={chosen} setChosen={setChosen} perHour={perHour}>
              <DueNow due={preview.due_now} limit={limit} onLimit={setLimit} />
            </WhatHappens>
            <section className="ma-publish-part">
              <div className="ma-publish-head">
                <h3>
                  <label htmlFor={noteId}>{t("note")}</label>
                </h3>
              </div>
              <textarea
                id={noteId}
                className="ma-input"
                rows={2}
                maxLength={2_000}
                placeholder={t("note_about")}
                value={note}
                onChange={(event) => {
                  setNote(event.target.value);
                }}
              />
            </section>
          </>
        )}
      </div>
      {publishing.news && (
        <div role="alert">
          <Note tone="warning">{say(publishing.news)}</Note>
        </div>
      )}
      {publishing.error && <ErrorNote error={publishing.error} />}
      <Foot
        close={close}
        act={preview?.approval.needed ? "ask_approval" : "publish_changes"}
        busy={publishing.busy}
        disabled={!looked || pending || error !== null || (limit.on && perHour === null)}
        approval={preview?.approval ?? null}
        does={() => {
          if (!preview) return;
          const rules = allRules(preview.places, chosen);
          void publishing.publish({ rules, per_hour: perHour, note: note.trim(), seen: seenIn(preview) });
        }}
      >
        {looked && pending && (
          <span className="ma-publish-counting">
            <span className="ma-spinner" aria-hidden />
            {t("counting")}
          </span>
        )}
      </Foot>
    </div>
  );
}

/** The version that runs now, to compare with; `settled` also when it could not be had. */
export function useRunning(): { version: VersionView | null; settled: boolean } {
  const key = useEditor((state) => state.document.key);
  const version = useEditor((state) => state.view?.version ?? null);
  const load = () => api.get<VersionView>(journeyPath(key, "versions", version ?? 0));
  const { data, error } = useLoad(version === null ? null : `${key} ${version}`, load);
  return { version: data, settled: version === null || data !== null || error instanceof ApiError };
}

/** How many people it is about, before anything is read. */
export function Inside({ preview, perHour }: { preview: Preview; perHour: number | null }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const once = useEditor((state) => state.document.mode === "one_off");
  if (preview.first && preview.new_people !== null) {
    return <p>{t("newcomers", { n: formatNumber(preview.new_people, language) })}</p>;
  }
  if (!preview.inside) return <p>{t("again_nobody")}</p>;
  if (once) return <p>{t("again_once")}</p>;
  const mails = mailsAtOnce(preview.due_now);
  return (
    <>
      <dl className="ma-facts">
        <Fact what={t("fact_inside")} unit={t("unit_people")} number={preview.inside} />
        <Fact what={t("fact_places")} unit={t("unit_people")} number={concerned(preview.diff)} />
        <Fact what={t(perHour === null ? "fact_due" : "fact_due_slow")} unit={t("unit_mails")} number={mails} warns={mails > 0 && perHour === null} />
      </dl>
      <p>{t("again")}</p>
    </>
  );
}

function Fact(props: { what: string; unit: string; number: number; warns?: boolean }) {
  const { language } = useHost();
  return (
    <div className={`ma-fact ${props.warns ? "ma-fact-warning" : ""}`}>
      <dt>{props.what}</dt>
      <dd>
        {formatNumber(props.number, language)}
        <small>{props.unit}</small>
      </dd>
    </div>
  );
}

interface WhatProps {
  preview: Preview;
  before: VersionView | null;
  chosen: Chosen;
  /** Not there: to look at only. */
  setChosen?: (chosen: Chosen) => void;
  perHour: number | null;
  /** About the mails that go out at once. */
  children: ReactNode;
}

/** What publishing does: the same for who publishes and for who approves. */
export function WhatHappens({ preview, before, chosen, setChosen, perHour, children }: WhatProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const document = useEditor((state) => state.document);
  const layout = useEditor((state) => state.layout);
  const catalogue = useEditor((state) => state.catalogue);
  const nameOf = namesIn([document, before?.document ?? null], preview.diff, catalogue, say);
  const inside = preview.inside > 0 && document.mode === "continuous";
  return (
    <>
      <DiffTabs diff={preview.diff} before={before} after={{ document, layout }} />
      {inside && (
        <section className="ma-publish-part">
          <div className="ma-publish-head">
            <h3>{t("places")}</h3>
          </div>
          <Places
            places={preview.places}
            diff={preview.diff}
            chosen={chosen}
            nameOf={nameOf}
            {...(setChosen
              ? {
                  onChoose: (step, rule) => {
                    setChosen({ ...chosen, [step]: rule });
                  },
                }
              : {})}
          />
          <Earlier preview={preview} />
        </section>
      )}
      {inside && (
        <section className="ma-publish-part">
          <div className="ma-publish-head">
            <h3>{t(perHour === null ? "due" : "due_slow")}</h3>
          </div>
          {children}
        </section>
      )}
    </>
  );
}

function Earlier({ preview }: { preview: Preview }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const people = preview.earlier.reduce((sum, one) => sum + one.people, 0);
  if (!people) return null;
  const which = preview.earlier.map((one) => t("earlier_one", { v: one.version, n: formatNumber(one.people, language) }));
  const between = language === "ja" ? "、" : ", ";
  return <p className="ma-muted">{t("earlier", { n: formatNumber(people, language), which: which.join(between) })}</p>;
}

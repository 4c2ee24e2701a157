// Above the canvas: whether numbers are shown, of what, and from when; or whose way is on it.
import { airflowPage } from "../canvas/links";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatMoment, formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { dropRouteQuery } from "../shell/route";
import { goneSteps, inside, onEarlier, sum } from "./numbers";
import { PersonBar } from "./PersonBar";
import { onlyRun, onlyVersion, showNumbers, showPeople, useWatch } from "./store";
import { texts } from "./texts";
import type { RunSeen } from "./types";
import { useHasNumbers } from "./useWatching";

export function WatchBar() {
  const t = useTexts(texts);
  const there = useHasNumbers();
  const person = useWatch((state) => state.person);
  const shown = useWatch((state) => state.shown);
  if (!there) return null;
  return (
    <section className="ma-watch-bar" aria-label={t("watch")}>
      {person ? (
        <PersonBar person={person} />
      ) : (
        <>
          <label className="ma-watch-switch" title={t("numbers_about")}>
            <input
              type="checkbox"
              role="switch"
              checked={shown}
              onChange={(event) => {
                showNumbers(event.target.checked);
              }}
            />
            <span aria-hidden />
            {t("numbers")}
          </label>
          {shown && <Numbers />}
        </>
      )}
    </section>
  );
}

function Numbers() {
  const t = useTexts(texts);
  const { language } = useHost();
  const people = useWatch((state) => (state.watch ? inside(state.watch) : null));
  const run = useWatch((state) => state.run);
  const newest = useEditor((state) => state.view?.version ?? 0);
  const earlier = useWatch((state) => (state.watch ? onEarlier(state.watch, newest) : 0));
  const loaded = people !== null;
  const n = formatNumber(people ?? 0, language);
  return (
    <>
      {loaded && (
        <Button
          small
          look="quiet"
          icon="people"
          onClick={() => {
            useEditor.getState().select([]);
            showPeople(null);
          }}
        >
          {t(people === 0 ? "inside_nobody" : people === 1 ? "inside_one" : "inside", { n })}
          {earlier > 0 && t("inside_earlier", { n: formatNumber(earlier, language) })}
        </Button>
      )}
      <Gone />
      {run === null ? <Versions /> : <Run run={run} />}
      <Late />
    </>
  );
}

/** People at steps that are not on the canvas any more: not to be forgotten. */
function Gone() {
  const t = useTexts(texts);
  const { language } = useHost();
  const watch = useWatch((state) => state.watch);
  const document = useEditor((state) => state.document);
  const steps = watch ? goneSteps(watch, document) : [];
  const people = sum(steps.map((step) => watch?.steps[step]?.waiting ?? 0));
  if (!people) return null;
  return (
    <Button
      small
      look="quiet"
      icon="warning"
      title={t("gone_about")}
      onClick={() => {
        useEditor.getState().select([]);
        showPeople(steps.length === 1 ? (steps[0] ?? null) : null);
      }}
    >
      {t(people === 1 ? "gone_people_one" : "gone_people", { n: formatNumber(people, language) })}
    </Button>
  );
}

/** The versions whose traffic can be looked at: the newest ones, and those with people. */
const MOST_VERSIONS = 20;

function Versions() {
  const t = useTexts(texts);
  const { language } = useHost();
  const newest = useEditor((state) => state.view?.version ?? 0);
  const versions = useWatch((state) => state.watch?.versions);
  const chosen = useWatch((state) => state.version);
  if (newest < 2) return null;
  const people = new Map(versions?.map((one) => [one.version, one.people]));
  const recent = Array.from({ length: Math.min(newest, MOST_VERSIONS) }, (_, index) => newest - index);
  const all = [...new Set([...recent, ...people.keys()])].sort((one, other) => other - one);
  return (
    <>
    <select
      className="ma-input ma-watch-version"
      aria-label={t("version_label")}
      title={t("version_label")}
      value={chosen ?? ""}
      onChange={(event) => {
        onlyVersion(event.target.value ? Number(event.target.value) : null);
      }}
    >
      <option value="">{t("version_all")}</option>
      {all.map((version) => (
        <option key={version} value={version}>
          {people.get(version)
            ? t("version_people", { n: version, people: formatNumber(people.get(version) ?? 0, language) })
            : t("version_n", { n: version })}
        </option>
      ))}
    </select>
    {chosen !== null && <span className="ma-watch-words ma-watch-quiet">{t("version_about", { n: chosen })}</span>}
    </>
  );
}

function Run({ run }: { run: string }) {
  const t = useTexts(texts);
  const seen = useWatch((state) => state.watch?.run ?? null);
  const loaded = useWatch((state) => state.watch !== null);
  const embedded = useEditor((state) => state.embedded);
  const key = useEditor((state) => state.document.key);
  const step = useEditor((state) => (state.selection.length === 1 ? state.selection[0] : undefined));
  const page = `dags/${encodeURIComponent(key)}/runs/${encodeURIComponent(run)}`;
  return (
    <>
      {!embedded && (
        <span className="ma-watch-chip">
          {t("only_run")}
          <button
            type="button"
            aria-label={t("only_run_off")}
            title={t("only_run_off")}
            onClick={() => {
              onlyRun(null);
              dropRouteQuery();
            }}
          >
            <Icon name="close" size={13} />
          </button>
        </span>
      )}
      {seen ? <RunLine run={seen} /> : loaded && <span className="ma-watch-words">{t("run_unknown")}</span>}
      {!embedded && (
        <a
          className="ma-watch-link"
          href={airflowPage(step === undefined ? page : `${page}/tasks/${encodeURIComponent(step)}`)}
        >
          <Icon name="external" size={14} />
          {t(step === undefined ? "open_run" : "open_task")}
        </a>
      )}
    </>
  );
}

function RunLine({ run }: { run: RunSeen }) {
  const t = useTexts(texts);
  const embedded = useEditor((state) => state.embedded);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const name = run.people === 0 ? "run_line_none" : run.people === 1 ? "run_line_one" : "run_line";
  const values = {
    n: formatNumber(run.people, language),
    when: formatMoment(run.started_at, language, zone),
  };
  return (
    <span className="ma-watch-words" title={run.run_id}>
      {embedded && <b>{t("this_run")} </b>}
      {t(name, values)}
      {run.ended_at === null && <span className="ma-badge ma-badge-accent">{t("run_going")}</span>}
    </span>
  );
}

function Late() {
  const t = useTexts(texts);
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const failing = useWatch((state) => state.error !== null);
  const at = useWatch((state) => (state.error ? state.watch?.at : undefined));
  if (!failing) return null;
  return (
    <span className="ma-watch-late" role="status">
      <Icon name="warning" size={14} />
      {at === undefined ? t("not_loaded") : t("late", { when: formatMoment(at, language, zone) })}
    </span>
  );
}

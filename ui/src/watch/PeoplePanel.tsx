// Beside the canvas: the numbers of the chosen step in words, and the people behind the number that was clicked.
import { focusWork, useCanvas } from "../canvas/canvasStore";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useEditor } from "../journey/store";
import { IconButton } from "../shell/Button";
import { Bar } from "./Bar";
import { useStepTitle } from "./names";
import { goneSteps, inside } from "./numbers";
import { PeopleList } from "./PeopleList";
import { PersonSteps } from "./PersonSteps";
import { StepLines } from "./StepLines";
import { showPeople, useWatch } from "./store";
import { texts } from "./texts";

export function PeoplePanel() {
  const t = useTexts(texts);
  const person = useWatch((state) => state.person);
  const elsewhere = useWatch((state) => state.elsewhere);
  const selection = useEditor((state) => state.selection);
  const only = selection.length === 0 ? elsewhere : selection.length === 1 ? (selection[0] ?? null) : null;
  const title = useStepTitle(only);
  return (
    // The key is that of what is within.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      className="ma-people"
      aria-label={t("people")}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return;
        event.preventDefault();
        close();
      }}
    >
      <header className="ma-people-head">
        <span className="ma-people-title">
          <small>{t("people")}</small>
          <h2>{person ? t("way_of", { name: person.name }) : (title ?? t("where_they_are"))}</h2>
        </span>
        {!person && only !== null && only !== elsewhere && (
          <IconButton
            small
            icon="settings"
            label={t("to_settings")}
            onClick={() => {
              useCanvas.getState().show("settings");
            }}
          />
        )}
        {!person && only !== null && only === elsewhere && (
          <IconButton
            small
            icon="back"
            label={t("where_they_are")}
            onClick={() => {
              showPeople(null);
            }}
          />
        )}
        <IconButton small icon="close" label={t("close")} onClick={close} />
      </header>
      {person ? (
        <PersonSteps person={person} />
      ) : only !== null && title !== null ? (
        <OfStep key={only} step={only} />
      ) : (
        <Everywhere />
      )}
    </aside>
  );
}

/** Back to what the side panel showed before, with the keyboard on the step. */
function close(): void {
  useWatch.setState({ person: null, elsewhere: null });
  const { embedded, readOnly, selection } = useEditor.getState();
  useCanvas.setState({ tab: "settings", sideOpen: embedded || (readOnly && !selection.length) ? false : null });
  focusWork();
}

function OfStep({ step }: { step: string }) {
  const t = useTexts(texts);
  const now = useWatch((state) => state.watch?.steps[step]);
  const run = useWatch((state) => state.run);
  const editor = useEditor((state) => state.view?.may_see_contacts ?? false);
  if (!now) return <p className="ma-people-none">{t(run === null ? "not_yet" : "not_in_run")}</p>;
  return (
    <div className="ma-people-body">
      <StepLines step={step} now={now} />
      {editor ? <PeopleList step={step} now={now} /> : <p className="ma-people-none">{t("names_for_editors")}</p>}
    </div>
  );
}

/** No step is chosen: where all of them are. */
function Everywhere() {
  const t = useTexts(texts);
  const watch = useWatch((state) => state.watch);
  const document = useEditor((state) => state.document);
  const { language } = useHost();
  if (!watch) return null;
  const waiting = (id: string): number => watch.steps[id]?.waiting ?? 0;
  const places = document.steps.map((step) => step.id).filter((id) => waiting(id) > 0);
  const gone = goneSteps(watch, document);
  const most = Math.max(1, ...[...places, ...gone].map(waiting));
  return (
    <div className="ma-people-body">
      {inside(watch) === 0 ? (
        <p className="ma-people-none">{t("nobody_in_it")}</p>
      ) : (
        <>
          <Places steps={places} most={most} />
          {gone.length > 0 && (
            <>
              <h3>{t("gone_steps")}</h3>
              <Places steps={gone} most={most} />
            </>
          )}
        </>
      )}
      {watch.versions.length > 1 && (
        <>
          <h3>{t("by_version")}</h3>
          <ul className="ma-people-places">
            {watch.versions.map((one) => (
              <li key={one.version} className="ma-line">
                <span className="ma-line-name">{t("version_n", { n: one.version })}</span>
                <span className="ma-line-number">{formatNumber(one.people, language)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="ma-people-none">
        {t("choose_step")} {t("choose_hint")}
      </p>
    </div>
  );
}

function Places({ steps, most }: { steps: string[]; most: number }) {
  return (
    <ul className="ma-people-places">
      {steps.map((step) => (
        <PlaceRow key={step} step={step} most={most} />
      ))}
    </ul>
  );
}

function PlaceRow({ step, most }: { step: string; most: number }) {
  const { language } = useHost();
  const title = useStepTitle(step);
  const people = useWatch((state) => state.watch?.steps[step]?.waiting ?? 0);
  return (
    <li>
      <button
        type="button"
        className="ma-line"
        onClick={() => {
          showPeople(step);
        }}
      >
        <span className="ma-line-name">{title ?? step}</span>
        <span className="ma-line-number">{formatNumber(people, language)}</span>
        <Bar share={people / most} />
      </button>
    </li>
  );
}

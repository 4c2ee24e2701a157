// Beside the canvas: the numbers of the chosen step in words, and the people behind the number that was clicked.
import { focusWork, useCanvas } from "../canvas/canvasStore";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { stepsById } from "../journey/derived";
import { stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { IconButton } from "../shell/Button";
import { Bar } from "./Bar";
import { inside } from "./numbers";
import { PeopleList } from "./PeopleList";
import { PersonSteps } from "./PersonSteps";
import { StepLines } from "./StepLines";
import { showPeople, useWatch } from "./store";
import { texts } from "./texts";

export function PeoplePanel() {
  const t = useTexts(texts);
  const say = useSaid();
  const person = useWatch((state) => state.person);
  const only = useEditor((state) => (state.selection.length === 1 ? (state.selection[0] ?? null) : null));
  const title = useEditor((state) => {
    const step = only === null ? undefined : stepsById(state.document).get(only);
    return step ? stepTitle(step, state.catalogue, say) : null;
  });
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
  useWatch.setState({ person: null });
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
  const say = useSaid();
  const { language } = useHost();
  const watch = useWatch((state) => state.watch);
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  if (!watch) return null;
  const places = document.steps.filter((step) => (watch.steps[step.id]?.waiting ?? 0) > 0);
  const most = Math.max(1, ...places.map((step) => watch.steps[step.id]?.waiting ?? 0));
  return (
    <div className="ma-people-body">
      {inside(watch) === 0 ? (
        <p className="ma-people-none">{t("nobody_in_it")}</p>
      ) : (
        <ul className="ma-people-places">
          {places.map((step) => {
            const people = watch.steps[step.id]?.waiting ?? 0;
            return (
              <li key={step.id}>
                <button
                  type="button"
                  className="ma-line"
                  onClick={() => {
                    showPeople(step.id);
                  }}
                >
                  <span className="ma-line-name">{stepTitle(step, catalogue, say)}</span>
                  <span className="ma-line-number">{formatNumber(people, language)}</span>
                  <Bar share={people / most} />
                </button>
              </li>
            );
          })}
        </ul>
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

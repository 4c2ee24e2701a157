// The journey's own settings: its name, how it runs, what it is for.
import "./forms.css";
import { useEffect, useId, useRef } from "react";
import type { Mode, ProblemView } from "../api/types";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Chips } from "./Chips";
import { focusField, useFieldWish } from "./focus";
import { FormFrame } from "./FormFrame";
import { happensOnPages } from "./condition/rows";
import { readGoal, writeGoal, type Goal } from "./goal";
import { useSayContext } from "./known";
import { sayCondition } from "./sayCondition";
import { SettingRow } from "./SettingRow";
import { texts } from "./texts";
import { UrlPattern } from "./UrlPattern";
import { isText } from "./values";
import { DurationBox } from "./widgets/duration";
import { EventPicker } from "./widgets/event";

export function JourneyForm() {
  const t = useTexts(texts);
  const form = useRef<HTMLDivElement>(null);
  const document = useEditor((state) => state.document);
  const readOnly = useEditor((state) => state.readOnly);
  const setJourney = useEditor((state) => state.setJourney);
  const problems = useEditor((state) => state.problems).filter((problem) => problem.step === null);
  const of = (name: string) => problems.filter((problem) => problem.setting === name);
  const wish = useFieldWish((state) => state.wish);
  useEffect(() => {
    if (wish?.step === null && form.current && (wish.setting === null || focusField(form.current, wish.setting))) {
      useFieldWish.setState({ wish: null });
    }
  }, [wish]);
  return (
    <FormFrame ref={form} label={t("journey_settings")}>
      <SettingRow name="title" label={t("journey_title")} required problems={of("title")}>
        {(ids) => (
          <input
            id={ids.id}
            className="ma-input"
            aria-describedby={ids.describedBy}
            aria-invalid={ids.invalid || undefined}
            disabled={readOnly}
            value={document.title}
            onChange={(event) => {
              setJourney({ title: event.currentTarget.value });
            }}
          />
        )}
      </SettingRow>
      <ModeSetting problems={of("mode")} />
      <GoalSetting problems={of("goal")} />
      <SettingRow name="tags" label={t("tags")} help={t("tags_about")} problems={of("tags")}>
        {(ids) => (
          <Chips
            id={ids.id}
            labelId={ids.labelId}
            describedBy={ids.describedBy}
            readOnly={readOnly}
            words={document.tags}
            suggestions={[]}
            onChange={(tags) => {
              setJourney({ tags });
            }}
          />
        )}
      </SettingRow>
    </FormFrame>
  );
}

function ModeSetting(props: { problems: readonly ProblemView[] }) {
  const t = useTexts(texts);
  const name = useId();
  const mode = useEditor((state) => state.document.mode);
  const readOnly = useEditor((state) => state.readOnly);
  const setJourney = useEditor((state) => state.setJourney);
  const modes: Mode[] = ["continuous", "one_off"];
  return (
    <SettingRow name="mode" label={t("mode")} group problems={props.problems}>
      {() => (
        <div className="ma-cards" role="radiogroup" aria-label={t("mode")}>
          {modes.map((one) => (
            <label key={one} className="ma-card" aria-label={t(one)}>
              <input
                type="radio"
                name={name}
                checked={mode === one}
                disabled={readOnly}
                onChange={() => {
                  setJourney({ mode: one });
                }}
              />
              <span>
                <strong>{t(one)}</strong>
                <small>{t(`${one}_about`)}</small>
              </span>
            </label>
          ))}
        </div>
      )}
    </SettingRow>
  );
}

const FIRST_GOAL: Goal = { event: "", url: "", within: "14 days" };

function GoalSetting(props: { problems: readonly ProblemView[] }) {
  const t = useTexts(texts);
  const context = useSayContext();
  const json = useEditor((state) => state.document.goal);
  const readOnly = useEditor((state) => state.readOnly);
  const setJourney = useEditor((state) => state.setJourney);
  const goal = readGoal(json);
  const put = (patch: Partial<Goal>) => {
    setJourney({ goal: writeGoal({ ...(goal ?? FIRST_GOAL), ...patch }) });
  };
  return (
    <SettingRow name="goal" label={t("goal")} help={t("goal_about")} group problems={props.problems}>
      {() => (
        <div className="ma-stack">
          {json !== null && !goal && <p className="ma-goal">{t("goal_kept", { text: sayCondition(json, context) })}</p>}
          {goal && <GoalFields goal={goal} readOnly={readOnly} onChange={put} />}
          {!readOnly && (
            <div>
              {json === null ? (
                <Button
                  small
                  icon="flag"
                  onClick={() => {
                    put({});
                  }}
                >
                  {t("goal_add")}
                </Button>
              ) : (
                <Button
                  small
                  look="quiet"
                  icon="close"
                  onClick={() => {
                    setJourney({ goal: null });
                  }}
                >
                  {t("goal_remove")}
                </Button>
              )}
            </div>
          )}
        </div>
      )}
    </SettingRow>
  );
}

function GoalFields(props: { goal: Goal; readOnly: boolean; onChange: (patch: Partial<Goal>) => void }) {
  const t = useTexts(texts);
  const { goal, readOnly, onChange } = props;
  return (
    <div className="ma-goal">
      <SettingRow name="goal.event" label={t("goal_event")}>
        {(ids) => (
          <EventPicker
            ids={ids}
            readOnly={readOnly}
            autoFocus={!goal.event}
            value={goal.event}
            onChange={(event) => {
              onChange(happensOnPages(event) ? { event } : { event, url: "" });
            }}
          />
        )}
      </SettingRow>
      {(goal.url || (goal.event && happensOnPages(goal.event))) && (
        <SettingRow name="goal.url" label={t("goal_url")}>
          {(ids) => (
            <UrlPattern
              id={ids.id}
              labelId={ids.labelId}
              readOnly={readOnly}
              value={goal.url}
              onChange={(url) => {
                onChange({ url });
              }}
            />
          )}
        </SettingRow>
      )}
      <SettingRow name="goal.within" label={t("goal_within")}>
        {(ids) => (
          <DurationBox
            id={ids.id}
            value={goal.within || null}
            empty={null}
            readOnly={readOnly}
            onChange={(within) => {
              onChange({ within: isText(within) ? within : "" });
            }}
          />
        )}
      </SettingRow>
    </div>
  );
}

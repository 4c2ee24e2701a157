// The side panel's form for one step: what it is, its settings, and where people go from it.
import "./forms.css";
import { useEffect, useId, useRef, useState } from "react";
import type { Json, ProblemView, SettingField, StepDocument, StepKind } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { same } from "../journey/operations";
import { outcomesOf, stepOf, valueOf } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { FixButtons } from "../problems/FixButtons";
import { Icon } from "../shell/Icon";
import { Empty, Note } from "../shell/Notes";
import { focusField, useFieldWish } from "./focus";
import { FormFrame } from "./FormFrame";
import { Outcomes } from "./Outcomes";
import { SettingRow } from "./SettingRow";
import { texts } from "./texts";
import { useDraft } from "./useDraft";
import { useOtherOutcomes } from "./otherOutcomes";
import { isEmpty, isText } from "./values";
import { WayName } from "./WayName";
import type { WidgetProps } from "./widget";
import { widgetOf } from "./widgets/registry";

export function StepForm(props: { step: string }) {
  const t = useTexts(texts);
  const step = useEditor((state) => stepOf(state.document, props.step));
  const kind = useEditor((state) => (step ? state.catalogue.get(step.kind) : undefined));
  if (!step) {
    return (
      <Empty icon="cursor" title={t("nothing_selected")}>
        <p>{t("nothing_selected_about")}</p>
      </Empty>
    );
  }
  // A form of its own for each step: what is half typed belongs to it alone.
  return <Form key={step.id} step={step} kind={kind} />;
}

function Form({ step, kind }: { step: StepDocument; kind: StepKind | undefined }) {
  const t = useTexts(texts);
  const say = useSaid();
  const form = useRef<HTMLDivElement>(null);
  const readOnly = useEditor((state) => state.readOnly);
  const catalogue = useEditor((state) => state.catalogue);
  const problems = useEditor((state) => state.problems).filter((problem) => problem.step === step.id);
  const names = new Set(kind?.settings.map((field) => field.name));
  const outcomes = new Set(outcomesOf(step, catalogue));
  const elsewhere = problems.filter(
    ({ setting, outcome }) => !names.has(setting ?? "") && !outcomes.has(outcome ?? ""),
  );
  const settings = kind?.settings.filter((field) => !field.advanced) ?? [];
  const advanced = kind?.settings.filter((field) => field.advanced) ?? [];
  const shown = (field: SettingField) => kind && <Setting key={field.name} field={field} step={step} kind={kind} problems={problems} />;
  useWish(form, step.id);
  return (
    <FormFrame ref={form} label={kind ? say(kind.title) : step.kind}>
      <header className="ma-form-head">
        <span className={`ma-form-icon ma-form-icon-${kind?.group ?? "end"}`}>
          <Icon name={kind?.icon ?? "warning"} size={20} />
        </span>
        <div>
          <h2>{kind ? say(kind.title) : step.kind}</h2>
          <p>{kind ? say(kind.about) : t("unknown_kind")}</p>
        </div>
      </header>
      {readOnly && <Note tone="info">{t("read_only")}</Note>}
      {elsewhere.map((problem, place) => (
        <Note key={place} tone={problem.severity === "error" ? "danger" : "warning"}>
          <p>{say(problem.message)}</p>
          <p>{say(problem.fix)}</p>
          <FixButtons problem={problem} />
        </Note>
      ))}
      <TitleSetting step={step} kind={kind} readOnly={readOnly} />
      {settings.map(shown)}
      {kind && !kind.settings.length && <p className="ma-field-help">{t("no_settings")}</p>}
      {advanced.length > 0 && (
        <MoreSettings step={step} fields={advanced} problems={problems}>
          {advanced.map(shown)}
        </MoreSettings>
      )}
      <Outcomes step={step} kind={kind} problems={problems} />
    </FormFrame>
  );
}

function TitleSetting({ step, kind, readOnly }: { step: StepDocument; kind: StepKind | undefined; readOnly: boolean }) {
  const t = useTexts(texts);
  const say = useSaid();
  const setStep = useEditor((state) => state.setStep);
  const draft = useDraft({
    value: step.title,
    empty: null,
    show: (value) => (isText(value) ? value : ""),
    read: (text) => text || undefined,
    onChange: (title) => {
      setStep(step.id, { title: isText(title) ? title : null });
    },
  });
  return (
    <SettingRow name="title" label={t("title")}>
      {(ids) => (
        <input
          id={ids.id}
          className="ma-input"
          disabled={readOnly}
          placeholder={kind && say(kind.title)}
          value={draft.text}
          onBlur={draft.leave}
          onChange={(event) => {
            draft.type(event.currentTarget.value);
          }}
        />
      )}
    </SettingRow>
  );
}

function Setting(props: { field: SettingField; step: StepDocument; kind: StepKind; problems: readonly ProblemView[] }) {
  const say = useSaid();
  const readOnly = useEditor((state) => state.readOnly);
  const setSetting = useEditor((state) => state.setSetting);
  const { field, step, kind } = props;
  const value = valueOf(kind, step.settings, field.name);
  const namesWay = kind.outcome_settings.includes(field.name) && isText(field.default ?? value);
  const { Input, group = false, beside = false } = namesWay ? { Input: NameOfWay } : widgetOf(field.widget);
  return (
    <SettingRow
      step={step.id}
      empty={isEmpty(step.settings[field.name])}
      name={field.name}
      label={say(field.title)}
      help={say(field.help)}
      required={field.required}
      group={group}
      beside={beside}
      problems={props.problems.filter((problem) => problem.setting === field.name)}
    >
      {(ids) => (
        <Input
          field={field}
          value={value}
          ids={ids}
          readOnly={readOnly}
          step={step.id}
          onChange={(next: Json | undefined) => {
            setSetting(step.id, field.name, next);
          }}
        />
      )}
    </SettingRow>
  );
}

/** A text that is the name of an outcome: no other way may have it. */
function NameOfWay({ field, value, onChange, ids, readOnly, step }: WidgetProps) {
  const others = useOtherOutcomes(step, field.name);
  return (
    <WayName
      id={ids.id}
      describedBy={ids.describedBy}
      name={isText(value) ? value : ""}
      others={others}
      readOnly={readOnly}
      onChange={onChange}
    />
  );
}

function MoreSettings(props: {
  step: StepDocument;
  fields: readonly SettingField[];
  problems: readonly ProblemView[];
  children: React.ReactNode;
}) {
  const t = useTexts(texts);
  const id = useId();
  const names = props.fields.map((field) => field.name);
  const [opened, setOpened] = useState<boolean | null>(null);
  const wish = useFieldWish((state) => state.wish);
  const changed = props.fields.filter(
    ({ name, default: usual }) => props.step.settings[name] !== undefined && !same(props.step.settings[name], usual),
  );
  const wrong = props.problems.some((problem) => names.includes(problem.setting ?? ""));
  const wished = wish?.step === props.step.id && names.includes(wish.setting ?? "");
  const open = wished || (opened ?? wrong);
  return (
    <section className="ma-more">
      <button
        type="button"
        className="ma-more-toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => {
          useFieldWish.setState({ wish: null });
          setOpened(!open);
        }}
      >
        <Icon name="down" size={15} />
        {t("more_settings")}
        {changed.length > 0 && <span className="ma-badge">{t("changed", { n: changed.length })}</span>}
      </button>
      <div id={id} hidden={!open}>
        {props.children}
      </div>
    </section>
  );
}

/** Goes to the field that was asked for, once it is on the page. */
function useWish(form: React.RefObject<HTMLElement | null>, step: string): void {
  const wish = useFieldWish((state) => state.wish);
  useEffect(() => {
    if (wish?.step !== step || !form.current) return;
    if (wish.setting === null || focusField(form.current, wish.setting)) {
      // The wish stays for a moment: "more settings" opens for it, and who asks again gets it again.
      const timer = setTimeout(() => {
        if (useFieldWish.getState().wish === wish) useFieldWish.setState({ wish: null });
      }, 200);
      return () => {
        clearTimeout(timer);
      };
    }
  }, [wish, step, form]);
}

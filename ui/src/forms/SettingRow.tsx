// One setting: its label, control, help, and what the check says about it.
import { useId, type ReactNode } from "react";
import type { ProblemView } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { FixButtons } from "../problems/FixButtons";
import { useOwnWords } from "../problems/ownWords";
import { Icon } from "../shell/Icon";
import { useCalm } from "./fresh";
import { texts } from "./texts";
import type { Ids } from "./widget";

export function SettingRow(props: {
  name: string;
  label: string;
  help?: string;
  required?: boolean;
  problems?: readonly ProblemView[];
  group?: boolean;
  beside?: boolean;
  /** Whose setting it is; none: the journey's own. */
  step?: string;
  /** Nothing was entered here. */
  empty?: boolean;
  children: (ids: Ids) => ReactNode;
}) {
  const t = useTexts(texts);
  const id = useId();
  const labelId = `${id}-label`;
  const problems = props.problems ?? [];
  const errors = problems.filter((problem) => problem.severity === "error");
  const { calm, ...watch } = useCalm(props.step ?? null, errors.length > 0);
  const shown = calm ? problems.filter((problem) => problem.severity !== "error") : problems;
  const described = [props.help && `${id}-help`, problems.length && `${id}-problems`].filter(Boolean).join(" ");
  const ids: Ids = {
    id,
    labelId,
    describedBy: described || undefined,
    invalid: !calm && errors.length > 0,
  };
  const label = (
    <>
      {props.label} {props.required && <span className="ma-required">{t("required")}</span>}
    </>
  );
  const groupProps = props.group
    ? { role: "group", "aria-labelledby": labelId, "aria-describedby": ids.describedBy }
    : {};
  return (
    <div
      className={`ma-field ma-setting ${props.beside ? "ma-setting-beside" : ""}`}
      data-setting={props.name}
      {...groupProps}
      {...watch}
    >
      {props.group ? (
        <span className="ma-field-label" id={labelId}>
          {label}
        </span>
      ) : (
        <label className="ma-field-label" id={labelId} htmlFor={id}>
          {label}
        </label>
      )}
      {props.children(ids)}
      {props.help && (
        <span className="ma-field-help" id={`${id}-help`}>
          {props.help}
        </span>
      )}
      {problems.length > 0 && (
        <ul className="ma-setting-problems" id={`${id}-problems`}>
          {calm && <ToFillIn problems={errors} empty={props.empty ?? false} />}
          {shown.map((problem, place) => (
            <Told key={place} problem={problem} step={props.step} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Told({ problem, step }: { problem: ProblemView; step: string | undefined }) {
  const t = useTexts(texts);
  const say = useSaid();
  const message = useOwnWords(step ?? null);
  return (
    <li className={`ma-setting-${problem.severity}`}>
      <Icon name={problem.severity === "error" ? "error" : "warning"} size={15} title={t(problem.severity)} />
      <div>
        {message(problem)}
        {say(problem.fix) && <span className="ma-setting-fix">{say(problem.fix)}</span>}
        <FixButtons problem={problem} />
      </div>
    </li>
  );
}

/** In place of errors where nobody has been yet: what is obvious is offered all the same. */
function ToFillIn({ problems, empty }: { problems: readonly ProblemView[]; empty: boolean }) {
  const t = useTexts(texts);
  return (
    <li className="ma-setting-open">
      <div>
        {t(empty ? "to_fill_in" : "not_complete")}
        {problems.map((problem, place) => (
          <FixButtons key={place} problem={problem} />
        ))}
      </div>
    </li>
  );
}

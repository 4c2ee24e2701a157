// One setting: its label, control, help, and what the check says about it.
import { useId, type ReactNode } from "react";
import type { ProblemView } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { FixButtons } from "../problems/FixButtons";
import { Icon } from "../shell/Icon";
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
  children: (ids: Ids) => ReactNode;
}) {
  const t = useTexts(texts);
  const say = useSaid();
  const id = useId();
  const labelId = `${id}-label`;
  const problems = props.problems ?? [];
  const described = [props.help && `${id}-help`, problems.length && `${id}-problems`].filter(Boolean).join(" ");
  const ids: Ids = {
    id,
    labelId,
    describedBy: described || undefined,
    invalid: problems.some((problem) => problem.severity === "error"),
  };
  const label = (
    <>
      {props.label}{" "}
      {props.required && <span className="ma-required">{t("required")}</span>}
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
          {problems.map((problem, place) => (
            <li key={place} className={`ma-setting-${problem.severity}`}>
              <Icon name={problem.severity === "error" ? "error" : "warning"} size={15} title={t(problem.severity)} />
              <div>
                {say(problem.message)}
                {say(problem.fix) && <span className="ma-setting-fix">{say(problem.fix)}</span>}
                <FixButtons problem={problem} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

import { useId, type ReactNode } from "react";

export interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

/** A labelled form field: `children` gets the ids that tie input, help and problem together. */
export function Field(props: {
  label: string;
  /** Beside the label, such as that it is required; the field itself says it to who cannot see it. */
  mark?: string;
  help?: string;
  problem?: string;
  children: (ids: FieldIds) => ReactNode;
}) {
  const id = useId();
  const described = [props.help && `${id}-help`, props.problem && `${id}-problem`].filter(Boolean).join(" ");
  return (
    <div className="ma-field">
      <label className="ma-field-label" htmlFor={id}>
        {props.label}
        {props.mark && (
          <span className="ma-required" aria-hidden>
            {props.mark}
          </span>
        )}
      </label>
      {props.children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": props.problem ? true : undefined,
      })}
      {props.help && (
        <span className="ma-field-help" id={`${id}-help`}>
          {props.help}
        </span>
      )}
      {props.problem && (
        <span className="ma-field-problem" id={`${id}-problem`}>
          {props.problem}
        </span>
      )}
    </div>
  );
}

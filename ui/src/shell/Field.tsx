import { useId, type ReactNode } from "react";

export interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

/** A labelled form field: `children` gets the ids that tie input, help and problem together. */
export function Field(props: {
  label: string;
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

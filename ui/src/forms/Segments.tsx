// A few choices side by side, one of them chosen: radio buttons that look like one control.
import { useId } from "react";

export function Segments(props: {
  labelId?: string;
  label?: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  readOnly?: boolean;
}) {
  const name = useId();
  return (
    <div className="ma-segments" role="radiogroup" aria-labelledby={props.labelId} aria-label={props.label}>
      {props.options.map((one) => (
        <label key={one.value} className="ma-segment">
          <input
            type="radio"
            name={name}
            checked={props.value === one.value}
            disabled={props.readOnly}
            onChange={() => {
              props.onChange(one.value);
            }}
          />
          <span>{one.label}</span>
        </label>
      ))}
    </div>
  );
}

// The name of a way. What cannot be a name stays in the input, with the reason, and the old name holds.
import { useState } from "react";
import { useTexts } from "../i18n/define";
import { nameProblem } from "./ways";
import { texts } from "./widgets/texts";

export function WayName(props: {
  id?: string;
  label?: string;
  describedBy?: string | undefined;
  name: string;
  others: readonly string[];
  readOnly: boolean;
  onChange: (name: string) => void;
}) {
  const t = useTexts(texts);
  const [draft, setDraft] = useState<{ text: string; of: string } | null>(null);
  const text = draft && draft.of === props.name ? draft.text : props.name;
  const problem = nameProblem(text, props.others);
  return (
    <span className="ma-branch-name">
      <input
        id={props.id}
        className="ma-input"
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={problem ? true : undefined}
        disabled={props.readOnly}
        value={text}
        onChange={(event) => {
          const next = event.currentTarget.value;
          const fits = !nameProblem(next, props.others);
          setDraft({ text: next, of: fits ? next : props.name });
          if (fits) props.onChange(next);
        }}
        onBlur={() => {
          setDraft(null);
        }}
      />
      {problem && (
        <span className="ma-field-problem" role="alert">
          {t(problem)}
        </span>
      )}
    </span>
  );
}

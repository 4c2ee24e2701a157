// What every widget is given. It shows one setting's value and says when it changes.
import type { ReactNode } from "react";
import type { Json, SettingField } from "../api/types";

/** Tie an input to its label, help and problems. */
export interface Ids {
  id: string;
  labelId: string;
  describedBy: string | undefined;
  invalid: boolean;
}

export interface WidgetProps {
  field: SettingField;
  /** What holds: as set, else the default. */
  value: Json;
  /** undefined: back to the default. */
  onChange: (value: Json | undefined) => void;
  ids: Ids;
  readOnly: boolean;
  /** The step whose setting it is; null for the journey's own. */
  step: string | null;
}

export interface Widget {
  Input: (props: WidgetProps) => ReactNode;
  /** Several controls: the label names the group, not one input. */
  group?: boolean;
  /** The control stands beside its label. */
  beside?: boolean;
}

/** What a plain input needs of the ids. */
export function tied(ids: Ids): { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined } {
  return { id: ids.id, "aria-describedby": ids.describedBy, "aria-invalid": ids.invalid || undefined };
}

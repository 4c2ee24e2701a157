// The text in an input while it is typed: "1." stays "1." although the value is already 1.
import { useState } from "react";
import type { Json } from "../api/types";
import { same } from "../journey/operations";

export interface Draft {
  text: string;
  type: (text: string) => void;
  /** For onBlur: from now on the value is shown as it is. */
  leave: () => void;
}

/** `empty` is what holds when nothing is typed. A value that changes elsewhere (undo) replaces the text. */
export function useDraft(options: {
  value: Json;
  empty: Json;
  show: (value: Json) => string;
  read: (text: string) => Json | undefined;
  onChange: (value: Json | undefined) => void;
}): Draft {
  const { value, empty, show, read, onChange } = options;
  const [draft, setDraft] = useState<{ text: string; of: Json } | null>(null);
  return {
    text: draft && same(draft.of, value) ? draft.text : show(value),
    type: (text) => {
      const next = read(text);
      setDraft({ text, of: next === undefined ? empty : next });
      onChange(next);
    },
    leave: () => {
      setDraft(null);
    },
  };
}

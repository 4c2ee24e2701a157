// "Show me that field": said by the list of problems, heard by the forms and by who shows them.
import { create } from "zustand";

export interface FieldWish {
  /** null: the journey's own settings. */
  step: string | null;
  setting: string | null;
}

export const useFieldWish = create<{ wish: FieldWish | null }>(() => ({ wish: null }));

export function wishForField(wish: FieldWish): void {
  useFieldWish.setState({ wish });
}

/** Puts the cursor into the setting's first control and brings it into sight; says whether it is there. */
export function focusField(within: HTMLElement, setting: string): boolean {
  const row = [...within.querySelectorAll<HTMLElement>("[data-setting]")].find((one) => one.dataset.setting === setting);
  if (!row) return false;
  row.scrollIntoView({ block: "nearest" });
  row.querySelector<HTMLElement>("input:not(:disabled), select, textarea, button")?.focus({ preventScroll: true });
  return true;
}

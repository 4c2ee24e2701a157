// Short messages at the edge of the page: "saved", "copied", "this did not work".
import { create } from "zustand";
import { useTexts } from "../i18n/define";
import { IconButton } from "./Button";
import { Note } from "./Notes";
import { texts } from "./texts";

interface Toast {
  id: number;
  tone: "danger" | "warning" | "good" | "info";
  text: string;
}

interface Toasts {
  shown: Toast[];
  add: (tone: Toast["tone"], text: string) => void;
  remove: (id: number) => void;
}

let newest = 0;
const SECONDS = { good: 4, info: 6, warning: 10, danger: 15 };

const useToasts = create<Toasts>((set, get) => ({
  shown: [],
  add: (tone, text) => {
    const id = ++newest;
    set((state) => ({ shown: [...state.shown.filter((one) => one.text !== text), { id, tone, text }] }));
    setTimeout(() => {
      get().remove(id);
    }, SECONDS[tone] * 1000);
  },
  remove: (id) => {
    set((state) => ({ shown: state.shown.filter((one) => one.id !== id) }));
  },
}));

export function toast(tone: Toast["tone"], text: string): void {
  useToasts.getState().add(tone, text);
}

export function ToastList() {
  const { shown, remove } = useToasts();
  const t = useTexts(texts);
  return (
    <div className="ma-toasts" aria-live="polite">
      {shown.map((one) => (
        <Note
          key={one.id}
          tone={one.tone}
          end={
            <IconButton
              small
              icon="close"
              label={t("close")}
              onClick={() => {
                remove(one.id);
              }}
            />
          }
        >
          {one.text}
        </Note>
      ))}
    </div>
  );
}

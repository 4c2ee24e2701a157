// What publishing would do, asked again a moment after a choice has changed, and now and then by itself: people
// move on while somebody reads. What was shown stays meanwhile.
import { useEffect, useState } from "react";
import { api, ApiError } from "../api/client";
import type { Preview, Rule } from "../api/types";
import { useDebounced } from "../forms/useDebounced";
import { save } from "../journey/autosave";
import { useEditor } from "../journey/store";
import { journeyPath } from "./paths";
import { texts } from "./texts";

const REST_MS = 350;
const AGAIN_MS = 10_000;
/** What takes long to count is counted less often: so many times its own duration later. */
const BREAK = 5;

export interface PreviewAsked {
  /** null: the draft as it is on the page, saved first. */
  revision: number | null;
  rules: Record<string, Rule>;
  per_hour: number | null;
}

export interface Previewed {
  preview: Preview | null;
  error: ApiError | null;
  /** An answer to what is chosen now is still under way. */
  pending: boolean;
  retry: () => void;
}

interface Answer {
  /** ms that the last answer took. */
  took: number;
  key: string;
  round: number;
  preview: Preview | null;
  error: ApiError | null;
}

export function usePreview(asked: PreviewAsked): Previewed {
  const key = JSON.stringify(asked);
  const settled = useDebounced(key, REST_MS);
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<Answer>({ key: "", round: -1, preview: null, error: null, took: 0 });
  useEffect(() => {
    let wanted = true;
    const began = Date.now();
    look(JSON.parse(settled) as PreviewAsked).then(
      (preview) => {
        if (wanted) setAnswer({ key: settled, round, preview, error: null, took: Date.now() - began });
      },
      (problem: unknown) => {
        if (!(problem instanceof ApiError)) throw problem;
        if (wanted) setAnswer((before) => ({ ...before, key: settled, round, error: problem }));
      },
    );
    return () => {
      wanted = false;
    };
  }, [settled, round]);
  useQuietly(answer, answer.key === settled && answer.round === round, setAnswer);
  const pending = answer.key !== key || answer.round !== round;
  return {
    preview: answer.preview,
    error: pending ? null : answer.error,
    pending,
    retry: () => {
      setRound((number) => number + 1);
    },
  };
}

/** Asks for the same again in a while, unless the page is hidden. */
function useQuietly(answer: Answer, settled: boolean, setAnswer: (answer: Answer) => void): void {
  useEffect(() => {
    if (!settled || answer.preview === null || answer.error !== null) return;
    let wanted = true;
    let due = false;
    const again = () => {
      due = document.hidden;
      if (due) return;
      const began = Date.now();
      look(JSON.parse(answer.key) as PreviewAsked).then(
        (preview) => {
          if (wanted) setAnswer({ ...answer, preview, took: Date.now() - began });
        },
        (problem: unknown) => {
          if (!(problem instanceof ApiError)) throw problem;
          if (wanted) setAnswer({ ...answer, error: problem.code === "conflict" ? problem : null }); // else it is tried again
        },
      );
    };
    const shown = () => {
      if (due) again();
    };
    const timer = setTimeout(again, Math.max(AGAIN_MS, answer.took * BREAK));
    document.addEventListener("visibilitychange", shown);
    return () => {
      wanted = false;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [answer, settled, setAnswer]);
}

async function look(asked: PreviewAsked): Promise<Preview> {
  const revision = asked.revision ?? (await savedRevision());
  return api.post<Preview>(journeyPath(useEditor.getState().document.key, "preview"), { ...asked, revision });
}

/** The revision of the draft on the page, saved if it was not. ApiError when it cannot be. */
export async function savedRevision(): Promise<number> {
  await save();
  const { saving, failure, conflict, view } = useEditor.getState();
  if (view && saving === "saved") return view.revision;
  if (conflict) throw new ApiError(409, "conflict", conflict.message, conflict);
  throw new ApiError(0, "unsaved", failure ?? texts.unsaved, null);
}

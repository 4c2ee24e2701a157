// Two states of a journey and what is different between them; what was shown stays until the next is there.
import { useEffect, useState } from "react";
import { api, ApiError } from "../api/client";
import type { Diff, VersionView } from "../api/types";
import { useEditor } from "../journey/store";
import type { State } from "./CompareCanvas";
import { journeyPath } from "./paths";
import type { Side } from "./versions";

export interface Shown {
  from: Side | null;
  to: Side;
  before: State | null;
  after: State;
  /** null: the first version, with nothing before it. */
  diff: Diff | null;
}

export interface Compared {
  shown: Shown | null;
  pending: boolean;
  error: ApiError | null;
  retry: () => void;
}

interface Answer {
  key: string;
  shown: Shown | null;
  error: ApiError | null;
}

export function useCompared(journey: string, from: Side | null, to: Side | null): Compared {
  const revision = useEditor((state) => state.view?.revision ?? 0);
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<Answer>({ key: "", shown: null, error: null });
  const key = JSON.stringify([journey, from, to, to === "draft" ? revision : 0, round]);
  useEffect(() => {
    if (to === null) return;
    let wanted = true;
    compared(journey, from, to).then(
      (shown) => {
        if (wanted) setAnswer({ key, shown, error: null });
      },
      (problem: unknown) => {
        if (!(problem instanceof ApiError)) throw problem;
        if (wanted) setAnswer({ key, shown: null, error: problem });
      },
    );
    return () => {
      wanted = false;
    };
  }, [key, journey, from, to]);
  const pending = to !== null && answer.key !== key;
  return {
    shown: answer.shown,
    pending,
    error: pending ? null : answer.error,
    retry: () => {
      setRound((number) => number + 1);
    },
  };
}

async function compared(journey: string, from: Side | null, to: Side): Promise<Shown> {
  const [before, after, diff] = await Promise.all([
    from === null ? null : stateOf(journey, from),
    stateOf(journey, to),
    from === null ? null : api.get<Diff>(journeyPath(journey, "compare"), { before: from, after: to }),
  ]);
  return { from, to, before, after, diff };
}

async function stateOf(journey: string, side: Side): Promise<State> {
  if (side !== "draft") return api.get<VersionView>(journeyPath(journey, "versions", side));
  const { document, layout } = useEditor.getState();
  return { document, layout };
}

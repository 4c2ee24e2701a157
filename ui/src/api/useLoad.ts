// Loading something for a component, with what to show meanwhile and what to show when it fails.
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "./client";

export interface Loaded<T> {
  /** The newest answer for this key; stays while a newer one is under way. */
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  reload: () => void;
}

interface Answer<T> {
  key: string | null;
  round: number;
  data: T | null;
  error: ApiError | null;
}

/** Loads when `key` changes (null: not now), and every `everyMs` while the page is visible. */
export function useLoad<T>(key: string | null, load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ key: null, round: -1, data: null, error: null });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });

  useEffect(() => {
    if (key === null) return;
    let wanted = true;
    latest.current().then(
      (data) => {
        if (wanted) setAnswer({ key, round, data, error: null });
      },
      (problem: unknown) => {
        if (!wanted) return;
        if (!(problem instanceof ApiError)) throw problem;
        setAnswer((before) => ({ key, round, data: before.key === key ? before.data : null, error: problem }));
      },
    );
    return () => {
      wanted = false;
    };
  }, [key, round]);

  const reload = useCallback(() => {
    setRound((number) => number + 1);
  }, []);

  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") reload();
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs, reload]);

  const current = answer.key === key;
  return {
    data: current ? answer.data : null,
    error: current ? answer.error : null,
    loading: key !== null && (!current || answer.round !== round),
    reload,
  };
}

// The people behind a number, page after page.
import { useCallback, useEffect, useRef, useState } from "react";
import { api, ApiError } from "../api/client";
import type { Asked } from "./store";
import type { PeopleFound, PersonHere } from "./types";

const PAGE = 50;

interface Found {
  /** What was asked; another question begins anew. */
  question: string;
  people: PersonHere[];
  nextAfter: string | null;
  total: number | null;
  stopped: boolean;
  error: ApiError | null;
}

export interface People extends Omit<Found, "question"> {
  loaded: boolean;
  fetching: boolean;
  more: () => void;
  again: () => void;
}

const NOTHING: Omit<Found, "question"> = { people: [], nextAfter: null, total: null, stopped: false, error: null };

/** `changed`: the numbers of the step; when they are others, a list of one page is fetched again, unless `still`. */
export function usePeople(
  journey: string,
  asked: Asked & { step: string; run: string | null },
  changed: unknown,
  still: boolean,
): People {
  const { step, what, outcome, hold, run } = asked;
  const question = JSON.stringify([journey, step, what, outcome, hold, run]);
  const [found, setFound] = useState<Found | null>(null);
  const [fetching, setFetching] = useState(false);
  const newest = useRef(0);

  const fetchPage = useCallback(
    async (after: string | null) => {
      const mine = ++newest.current;
      setFetching(true);
      const runId = what === "arrived" || what === "left" ? run : null;
      const body = { step, what, outcome, hold, run_id: runId, after, limit: PAGE };
      try {
        const page = await api.post<PeopleFound>(`journeys/${encodeURIComponent(journey)}/people`, body);
        if (mine !== newest.current) return;
        setFound((before) => ({
          question,
          people: after !== null && before?.question === question ? [...before.people, ...page.people] : page.people,
          nextAfter: page.next_after,
          total: page.total,
          stopped: page.stopped,
          error: null,
        }));
      } catch (problem) {
        if (!(problem instanceof ApiError)) throw problem;
        if (mine !== newest.current) return;
        setFound((before) => ({ ...(before?.question === question ? before : NOTHING), question, error: problem }));
      } finally {
        if (mine === newest.current) setFetching(false);
      }
    },
    [journey, step, what, outcome, hold, run, question],
  );

  const single = useRef(true);
  useEffect(() => {
    single.current = (found?.people.length ?? 0) <= PAGE && !still;
  });
  const first = useRef(question);
  useEffect(() => {
    // Further pages that were fetched, and people who were chosen, stay as they are.
    if (first.current === question && !single.current) return;
    first.current = question;
    void fetchPage(null);
  }, [fetchPage, question, changed]);
  useEffect(
    () => () => {
      newest.current++;
    },
    [],
  );

  const current = found?.question === question ? found : null;
  return {
    ...(current ?? NOTHING),
    loaded: current !== null,
    fetching,
    more: () => void fetchPage(current?.nextAfter ?? null),
    again: () => void fetchPage(null),
  };
}

// What forms suggest - templates, vocabulary, connections - asked once and shared by everything on the page.
import { useEffect } from "react";
import { create } from "zustand";
import { api, ApiError } from "../api/client";
import type { ConnectionChoice, TemplateSummary, Vocabulary } from "../api/types";
import { useHost } from "../host";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";
import type { SayContext } from "./context";

interface Known {
  templates: TemplateSummary[];
  vocabulary: Vocabulary;
  connections: ConnectionChoice[];
}

interface Entry<T> {
  data: T | null;
  error: ApiError | null;
  askedAt: number;
}

type Store = { [Name in keyof Known]: Entry<Known[Name]> };

const FRESH_MS = 60_000;
const EMPTY = { data: null, error: null, askedAt: 0 };

export const useKnownStore = create<Store>(() => ({ templates: EMPTY, vocabulary: EMPTY, connections: EMPTY }));

/** Asks unless the last answer is fresh; an older one stays until the new one is there. */
async function ask(name: keyof Known): Promise<void> {
  const before = useKnownStore.getState()[name];
  if (Date.now() - before.askedAt < FRESH_MS) return;
  useKnownStore.setState({ [name]: { ...before, askedAt: Date.now() } });
  try {
    const data = await api.get<Known[typeof name]>(name);
    useKnownStore.setState({ [name]: { data, error: null, askedAt: Date.now() } });
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    useKnownStore.setState({ [name]: { data: before.data, error: problem, askedAt: 0 } });
  }
}

/** Whether what is known of contacts may be asked for: who may edit no journey would only be refused. */
export function useMayAsk(): boolean {
  return useMe((state) => state.me?.may_see_contacts ?? false);
}

export function useKnown<Name extends keyof Known>(name: Name): Entry<Known[Name]> {
  const may = useMayAsk() || name === "templates";
  useEffect(() => {
    if (may) void ask(name);
  }, [name, may]);
  return useKnownStore((state) => state[name]);
}

/** For sentence(): the language, the journey that is edited, and the names of what it mentions. */
export function useSayContext(): SayContext {
  const { language } = useHost();
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  const templates = useKnown("templates").data;
  const vocabulary = useKnown("vocabulary").data;
  return { language, document, catalogue, templates, vocabulary };
}

// For tests of components: a server that gives these answers.
import { vi } from "vitest";
import type { Me } from "../api/types";
import { useMe } from "./me";

export interface Asked {
  method: string;
  /** Below the API, with its query: "journeys" or "vocabulary". */
  path: string;
  body: unknown;
}

export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly message = { en: `${code} in English`, ja: `${code}の日本語` },
  ) {}
}

/** Answers by "GET path" without the query, in turn where there are several; what was asked is kept. */
export function serve(answers: Record<string, (asked: Asked) => unknown>): Asked[] {
  const asked: Asked[] = [];
  const reply = (input: string, init?: RequestInit): Promise<Response> => {
    const path = input.split("/airflow-ma/api/")[1] ?? input;
    const one = { method: init?.method ?? "GET", path, body: init?.body ? JSON.parse(init.body as string) : null };
    asked.push(one);
    const known = answers[`${one.method} ${path.split("?")[0] ?? ""}`];
    const answer = known ? known(one) : new Refusal(404, "not_found");
    if (answer instanceof Refusal) {
      const detail = { code: answer.code, message: answer.message };
      return Promise.resolve(new Response(JSON.stringify({ detail }), { status: answer.status }));
    }
    return Promise.resolve(new Response(JSON.stringify(answer)));
  };
  vi.stubGlobal("fetch", vi.fn(reply));
  return asked;
}

export function signIn(patch: Partial<Me> = {}): void {
  const me: Me = {
    name: "hanako",
    may_create: true,
    may_see_contacts: true,
    sandbox: true,
    timezone: "Asia/Tokyo",
    approval_above: null,
    now: "2026-12-01T01:00:00Z",
    day_seconds: null,
    ...patch,
  };
  useMe.setState({ me, error: null });
}

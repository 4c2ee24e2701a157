// Requests to our API behind Airflow's web server. Airflow's login cookie goes along by itself.
import { airflowBase, hostNow } from "../host";
import { toast } from "../shell/toasts";
import { texts } from "./texts";
import type { ErrorDetail, Said } from "./types";

const API = "/airflow-ma/api/";

/** What the server, or the way there, had against a request; `said` is for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly said: Said,
    readonly detail: ErrorDetail | null,
  ) {
    super(said.en);
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

export function apiUrl(path: string, query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") asked.set(name, String(value));
  }
  const search = asked.size ? `?${asked.toString()}` : "";
  return `${airflowBase()}${API}${path}${search}`;
}

/** Time to read why the login page comes. */
const LEAVING_MS = 3_500;

let leaving = false;
/** Somebody was signed in on this page: the login page would come as a surprise. */
let answered = false;

function leaveForLogin(): void {
  if (leaving) return;
  leaving = true;
  const go = () => {
    location.assign(loginUrl());
  };
  if (!answered) {
    go();
    return;
  }
  toast("warning", texts.session_over[hostNow().language]);
  setTimeout(go, LEAVING_MS);
}

/** Whether the page is on its way to Airflow's login, because the session is over. */
export function isLeavingForLogin(): boolean {
  return leaving;
}

/** Airflow's login page, which leads back to where the reader is. */
export function loginUrl(): string {
  const back = location.pathname + location.search + location.hash;
  return `${airflowBase()}/api/v2/auth/login?${new URLSearchParams({ next: back }).toString()}`;
}

async function request<T>(method: string, path: string, query?: Query, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(apiUrl(path, query), {
      method,
      headers: method === "GET" ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(0, "unreachable", texts.unreachable, null);
  }
  if (answer.status === 401) leaveForLogin();
  const text = await answer.text();
  if (!answer.ok) throw explained(answer.status, text);
  answered = true;
  return (text ? JSON.parse(text) : null) as T;
}

function explained(status: number, text: string): ApiError {
  try {
    const detail: unknown = (JSON.parse(text) as { detail?: unknown }).detail;
    if (detail && typeof detail === "object" && "message" in detail) {
      const known = detail as ErrorDetail;
      return new ApiError(status, known.code, known.message, known);
    }
    if (typeof detail === "string") return new ApiError(status, "other", { en: detail, ja: detail }, null);
  } catch {
    // Not JSON: a proxy's page, say.
  }
  return new ApiError(status, "unexpected", texts.unexpected, null);
}

export const api = {
  get: <T>(path: string, query?: Query) => request<T>("GET", path, query),
  post: <T>(path: string, body: unknown, query?: Query) => request<T>("POST", path, query, body),
  put: <T>(path: string, body: unknown, query?: Query) => request<T>("PUT", path, query, body),
  delete: <T>(path: string, query?: Query) => request<T>("DELETE", path, query),
};

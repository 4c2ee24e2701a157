// The few things we ask of Airflow's own public API.
import { airflowBase } from "../host";
import { ApiError } from "./client";
import { texts } from "./texts";
import type { Said } from "./types";

/** Asks Airflow about a DAG. ApiError when it refuses (`refused` says what) or does not answer. */
async function ask(method: string, path: string, body: unknown, refused: Said): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`${airflowBase()}/api/v2/dags/${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(0, "unreachable", texts.unreachable, null);
  }
  if (answer.status === 403) throw new ApiError(403, "refused", refused, null);
  if (!answer.ok) throw new ApiError(answer.status, "unexpected", texts.unexpected, null);
  return answer.json();
}

/** Start a run of the DAG; its id. */
export async function startRun(dagId: string): Promise<string> {
  const run = await ask("POST", `${encodeURIComponent(dagId)}/dagRuns`, { logical_date: null }, texts.no_start);
  return (run as { dag_run_id: string }).dag_run_id;
}

/** Have Airflow start no more runs of the DAG, or start them again. */
export async function setPaused(dagId: string, paused: boolean): Promise<void> {
  await ask("PATCH", `${encodeURIComponent(dagId)}?update_mask=is_paused`, { is_paused: paused }, texts.no_pause);
}

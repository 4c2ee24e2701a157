// The few things we ask of Airflow's own public API.
import { airflowBase } from "../host";
import { ApiError } from "./client";
import { texts } from "./texts";

/** Start a run of the DAG; its id. ApiError when Airflow refuses or does not answer. */
export async function startRun(dagId: string): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(`${airflowBase()}/api/v2/dags/${encodeURIComponent(dagId)}/dagRuns`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ logical_date: null }),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(0, "unreachable", texts.unreachable, null);
  }
  if (answer.status === 403) throw new ApiError(403, "refused", texts.no_start, null);
  if (!answer.ok) throw new ApiError(answer.status, "unexpected", texts.unexpected, null);
  return ((await answer.json()) as { dag_run_id: string }).dag_run_id;
}

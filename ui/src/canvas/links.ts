// Ways between our pages and Airflow's own.
import { airflowBase } from "../host";
import { href } from "../shell/route";

/** An Airflow page from its path relative to Airflow's base. */
export function airflowPage(path: string): string {
  return `${airflowBase()}/${path.replace(/^\//, "")}`;
}

/** The builder, from a page of Airflow's that is not ours; with a step chosen, and only a run's numbers. */
export function builderPage(key: string, step?: string, run?: string): string {
  const query = new URLSearchParams({ ...(step ? { step } : {}), ...(run ? { run } : {}) });
  const more = query.size ? `?${query.toString()}` : "";
  return `${airflowPage("plugin/airflow-ma-journeys")}${href("journeys", key)}${more}`;
}

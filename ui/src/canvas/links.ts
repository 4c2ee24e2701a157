// Ways between our pages and Airflow's own.
import { airflowBase } from "../host";
import { href } from "../shell/route";

/** An Airflow page from its path relative to Airflow's base. */
export function airflowPage(path: string): string {
  return `${airflowBase()}/${path.replace(/^\//, "")}`;
}

/** The builder, from a page of Airflow's that is not ours. */
export function builderPage(key: string): string {
  return `${airflowPage("plugin/airflow-ma-journeys")}${href("journeys", key)}`;
}

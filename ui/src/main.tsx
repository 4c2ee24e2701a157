// What Airflow loads: one component for the navigation and for the tabs of DAGs, runs and tasks.
import { App } from "./shell/App";
import { DagTab } from "./canvas/DagTab";

interface Props {
  dagId?: string;
  runId?: string;
  taskId?: string;
}

export default function AirflowPlugin(props: Props) {
  return props.dagId ? <DagTab dagId={props.dagId} runId={props.runId} taskId={props.taskId} /> : <App />;
}

import "./code.css";
import { Tabs } from "radix-ui";
import { useTexts } from "../i18n/define";
import { PythonView } from "./PythonView";
import { texts } from "./texts";
import { YamlView } from "./YamlView";

/** The journey as text: YAML to edit beside the canvas, and the Airflow DAG in Python. */
export function CodePanel() {
  const t = useTexts(texts);
  return (
    <Tabs.Root className="ma-code" defaultValue="yaml">
      <Tabs.List className="ma-code-tabs" aria-label={t("forms")}>
        <Tabs.Trigger value="yaml">{t("yaml")}</Tabs.Trigger>
        <Tabs.Trigger value="python">{t("python")}</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content className="ma-code-tab" value="yaml">
        <YamlView />
      </Tabs.Content>
      <Tabs.Content className="ma-code-tab" value="python">
        <PythonView />
      </Tabs.Content>
    </Tabs.Root>
  );
}

import { Panel, useReactFlow } from "@xyflow/react";
import { useTexts } from "../i18n/define";
import { IconButton } from "../shell/Button";
import { texts } from "./texts";
import { showEverything } from "./useCanvasKeys";

export function ViewControls() {
  const t = useTexts(texts);
  const flow = useReactFlow();
  return (
    <Panel position="bottom-left" className="ma-view-controls" role="group" aria-label={t("controls")}>
      <IconButton small icon="zoom_in" label={t("zoom_in")} onClick={() => void flow.zoomIn({ duration: 120 })} />
      <IconButton small icon="zoom_out" label={t("zoom_out")} onClick={() => void flow.zoomOut({ duration: 120 })} />
      <IconButton small icon="fit" label={t("zoom_fit")} onClick={() => showEverything(flow.setViewport)} />
    </Panel>
  );
}

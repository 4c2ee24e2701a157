import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { lanes } from "../journey/derived";
import { useEditor } from "../journey/store";
import { thickness, wayKey } from "../watch/numbers";
import { useWayTraffic } from "../watch/WayNumber";
import { useCanvas } from "./canvasStore";
import type { WayEdge as WayEdgeType } from "./flow";
import { wayPath } from "./wayPath";

/** A way from an outcome to a step. Its name and its "+" belong to the outcome. */
export const WayEdge = memo(function WayEdge(props: EdgeProps<WayEdgeType>) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, data } = props;
  const outcome = data?.outcome ?? "";
  const taken = useEditor((state) => state.trail?.edges.some(([from, by]) => from === source && by === outcome) ?? false);
  const traffic = useWayTraffic(wayKey(source, outcome, target));
  const dropped = useCanvas((state) => state.dropOn === id);
  const around = useEditor((state) => lanes(state.document, state.layout, state.catalogue).get(source)?.get(target));
  return (
    <BaseEdge
      id={id}
      path={wayPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, around)}
      interactionWidth={26}
      className={[
        "ma-way",
        traffic ? (traffic.number ? "ma-way-used" : "ma-way-unused") : "",
        taken ? "ma-way-taken" : "",
        dropped ? "ma-way-drop" : "",
      ].join(" ")}
      {...(traffic ? { style: { strokeWidth: thickness(traffic.number, traffic.most) } } : {})}
    />
  );
});

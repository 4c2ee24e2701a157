import type { JourneyDocument } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { waysOf } from "../journey/graph";
import { autoLayout, nodeHeight, NODE_WIDTH } from "../journey/layout";
import { outcomesOf, stepTitle, type Catalogue } from "../journey/outcomes";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

const MARGIN = 24;
const ICON = 68;

/** A small drawing of a journey: its steps by colour and picture, and the ways between them. */
export function FlowPreview(props: { document: JourneyDocument; catalogue: Catalogue }) {
  const { document, catalogue } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const places = autoLayout(document, catalogue);
  const boxes = document.steps.map((step) => {
    const { x, y } = places[step.id] ?? { x: 0, y: 0 };
    const kind = catalogue.get(step.kind);
    return { id: step.id, x, y, height: nodeHeight(outcomesOf(step, catalogue).length), kind };
  });
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const left = Math.min(0, ...boxes.map((box) => box.x)) - MARGIN;
  const top = Math.min(0, ...boxes.map((box) => box.y)) - MARGIN;
  const right = Math.max(NODE_WIDTH, ...boxes.map((box) => box.x + NODE_WIDTH)) + MARGIN;
  const bottom = Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN;
  const steps = document.steps.map((step) => stepTitle(step, catalogue, say)).join(", ");
  return (
    <svg
      className="ma-flow-preview"
      viewBox={`${left} ${top} ${right - left} ${bottom - top}`}
      role="img"
      aria-label={t("preview", { steps })}
    >
      {waysOf(document).map((way) => {
        const from = byId.get(way.from);
        const to = byId.get(way.to);
        if (!from || !to) return null;
        const start = { x: from.x + NODE_WIDTH, y: from.y + from.height / 2 };
        const end = { x: to.x, y: to.y + to.height / 2 };
        const bend = Math.max(40, (end.x - start.x) / 2);
        const path = `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
        return <path key={`${way.from} ${way.outcome}`} className="ma-flow-way" d={path} />;
      })}
      {boxes.map((box) => (
        <g key={box.id} style={{ color: `var(--ma-${box.kind?.group ?? "end"})` }}>
          <rect className="ma-flow-step" x={box.x} y={box.y} width={NODE_WIDTH} height={box.height} rx={24} />
          <g transform={`translate(${box.x + (NODE_WIDTH - ICON) / 2} ${box.y + (box.height - ICON) / 2})`}>
            <Icon name={box.kind?.icon ?? ""} size={ICON} />
          </g>
        </g>
      ))}
    </svg>
  );
}

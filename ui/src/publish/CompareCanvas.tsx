// Two states of a journey in one drawing, to look at: what came, what is different, and as ghosts what went.
import "@xyflow/react/dist/style.css";
import "../canvas/canvas.css";
import {
  Background,
  BackgroundVariant,
  BaseEdge,
  Handle,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import { memo, useEffect, useMemo, useRef } from "react";
import type { Diff, JourneyDocument, Layout, StepDocument, StepKind } from "../api/types";
import { KindIcon } from "../canvas/AddMenu";
import { edgeId, handleId } from "../canvas/flow";
import { Sentence } from "../canvas/Sentence";
import { READABLE, SMALLEST, viewOf } from "../canvas/view";
import { wayPath } from "../canvas/wayPath";
import type { Part } from "../forms/sentence";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { handleTops, isNamed, lanesOf, NODE_WIDTH, nodeHeight, placesOf, type Lane } from "../journey/layout";
import { outcomesOf, outcomeTitle, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { ChangeMark } from "./ChangeMark";
import { useSentence } from "./Changes";
import { texts } from "./texts";
import { unionOf, type Mark } from "./union";

export interface State {
  document: JourneyDocument;
  layout: Layout;
}

type StepData = { step: StepDocument; document: JourneyDocument; mark: Mark; chosen: boolean };
type ComparedNode = Node<StepData, "compared">;
type WayData = { mark: Mark; around: readonly Lane[] };
type ComparedEdge = Edge<WayData, "compared">;

interface CompareProps {
  before: State | null;
  after: State;
  diff: Diff | null;
  chosen?: string | null;
  onChoose?: (step: string) => void;
}

const NODE_TYPES = { compared: ComparedStep };
const EDGE_TYPES = { compared: memo(ComparedWay) };

export function CompareCanvas(props: CompareProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({ before, after, diff, chosen = null, onChoose }: CompareProps) {
  const t = useTexts(texts);
  const { dark } = useHost();
  const catalogue = useEditor((state) => state.catalogue);
  const flow = useReactFlow<ComparedNode, ComparedEdge>();
  const around = useRef<HTMLDivElement>(null);
  const union = useMemo(() => unionOf(before, after, diff, catalogue), [before, after, diff, catalogue]);
  const places = useMemo(() => placesOf(union.arranged, union.layout, catalogue), [union, catalogue]);
  const nodes = useMemo(
    () =>
      union.document.steps.map((step): ComparedNode => {
        const mark = union.marks.get(step.id) ?? null;
        const height = nodeHeight(outcomesOf(step, catalogue).length);
        const data = { step, document: union.document, mark, chosen: chosen === step.id };
        return { id: step.id, type: "compared", position: places[step.id] ?? { x: 0, y: 0 }, width: NODE_WIDTH, height, data };
      }),
    [union, places, catalogue, chosen],
  );
  const edges = useMemo(() => {
    const lanes = lanesOf(union.arranged, union.layout, catalogue);
    return union.ways.map(({ from, outcome, to, mark }): ComparedEdge => {
      const id = `${edgeId(from, outcome)} ${to}`;
      const data = { mark, around: lanes.get(from)?.get(to) ?? [] };
      return { id, type: "compared", source: from, sourceHandle: handleId(outcome), target: to, data };
    });
  }, [union, catalogue]);

  const show = (what: Layout) => {
    const box = around.current?.getBoundingClientRect();
    if (box) void flow.setViewport(viewOf(what, box, SMALLEST));
  };
  const showAll = () => {
    show(places);
  };
  const showMarked = () => {
    const marked = Object.entries(places).filter(([id]) => union.marks.has(id));
    show(marked.length ? Object.fromEntries(marked) : places);
  };
  const place = chosen === null ? undefined : places[chosen];
  useEffect(() => {
    if (place) void flow.setCenter(place.x + NODE_WIDTH / 2, place.y + 60, { zoom: Math.max(READABLE, flow.getZoom()), duration: 150 });
  }, [place, flow]);

  return (
    <div ref={around} className="ma-compare-flow" role="region" aria-label={t("canvas_label")}>
      <ReactFlow<ComparedNode, ComparedEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onInit={showMarked}
        onNodeClick={(_event, node) => {
          onChoose?.(node.id);
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={1.5}
        colorMode={dark ? "dark" : "light"}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} />
        <Panel position="bottom-left" className="ma-compare-controls" role="group" aria-label={t("controls")}>
          <IconButton small icon="zoom_in" label={t("zoom_in")} onClick={() => void flow.zoomIn({ duration: 120 })} />
          <IconButton small icon="zoom_out" label={t("zoom_out")} onClick={() => void flow.zoomOut({ duration: 120 })} />
          <IconButton small icon="fit" label={t("zoom_fit")} onClick={showAll} />
        </Panel>
      </ReactFlow>
    </div>
  );
}

function ComparedStep({ data }: NodeProps<ComparedNode>) {
  const { step, document, mark, chosen } = data;
  const say = useSaid();
  const catalogue = useEditor((state) => state.catalogue);
  const parts = useSentence(step.id, document);
  const kind = catalogue.get(step.kind);
  const outcomes = outcomesOf(step, catalogue);
  const classes = ["ma-compared", mark ? `ma-compared-${mark}` : "ma-compared-same", chosen ? "ma-compared-chosen" : ""];
  return (
    <div className={classes.join(" ")} style={{ height: nodeHeight(outcomes.length) }}>
      {!kind?.is_entry && <Handle type="target" position={Position.Left} className="ma-handle-in" />}
      <Face kind={kind} title={stepTitle(step, catalogue, say)} parts={parts} />
      {mark && <ChangeMark change={mark} />}
      <Outcomes step={step} kind={kind} outcomes={outcomes} named={isNamed(step, catalogue)} />
    </div>
  );
}

function Face({ kind, title, parts }: { kind: StepKind | undefined; title: string; parts: Part[] }) {
  return (
    <div className="ma-compared-face">
      <span className="ma-step-head">
        <KindIcon group={kind?.group ?? "act"} icon={kind?.icon ?? ""} small />
        <span className="ma-step-title">{title}</span>
      </span>
      <span className="ma-step-says">
        <Sentence parts={parts} />
      </span>
    </div>
  );
}

function Outcomes(props: { step: StepDocument; kind: StepKind | undefined; outcomes: string[]; named: boolean }) {
  const { step, kind, outcomes, named } = props;
  const say = useSaid();
  const tops = handleTops(outcomes, kind?.optional_outcomes ?? []);
  return outcomes.map((outcome, index) => (
    <div key={outcome} className="ma-outcome" style={{ top: (tops[index] ?? 0) - 1 }}>
      <Handle type="source" id={handleId(outcome)} position={Position.Right} isConnectable={false} />
      {named && step.next[outcome] !== undefined && (
        <span className="ma-outcome-chip ma-outcome-name">
          <span>{outcomeTitle(kind, outcome, say)}</span>
        </span>
      )}
    </div>
  ));
}

/** A little before the end, where another way that came instead has its sign. */
function signOfLost(fromY: number, x: number, y: number): { x: number; y: number } {
  if (Math.abs(fromY - y) < 40) return { x: x - 44, y: y - 9 };
  return { x: x - 25, y: y + Math.sign(fromY - y) * 26 - 9 };
}

const WAY_ICONS = { added: "plus", removed: "close", changed: "pencil" };

function ComparedWay(props: EdgeProps<ComparedEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, data } = props;
  const mark = data?.mark ?? null;
  const last = data?.around.at(-1)?.y ?? sourceY;
  const sign = mark === "removed" ? signOfLost(last, targetX, targetY) : { x: targetX - 22, y: targetY - 9 };
  const path = wayPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, data?.around ?? []);
  return (
    <>
      <BaseEdge id={id} path={path} interactionWidth={0} className={`ma-compared-way ma-compared-way-${mark ?? "same"}`} />
      {mark && (
        // So that a colour is not the only sign.
        <foreignObject {...sign} width={18} height={18} className={`ma-way-sign ma-mark-${mark}`}>
          <Icon name={WAY_ICONS[mark]} size={12} />
        </foreignObject>
      )}
    </>
  );
}

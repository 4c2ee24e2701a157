import "@xyflow/react/dist/style.css";
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  ConnectionLineType,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  type Connection,
  type FinalConnectionState,
  type NodeChange,
  type ReactFlowInstance,
  type ReactFlowProps,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type MouseEvent } from "react";
import type { Layout } from "../api/types";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { places, stepsById } from "../journey/derived";
import { validTargets } from "../journey/graph";
import type { Place } from "../journey/operations";
import { useEditor } from "../journey/store";
import { focusStep, useCanvas } from "./canvasStore";
import { edgesOf, nodesOf, outcomeOfHandle, wayOfEdge, type StepNode as StepNodeType, type WayEdge as WayEdgeType } from "./flow";
import { takesKeys } from "./keyboard";
import { STEP_DRAG } from "./Palette";
import { StepNode } from "./StepNode";
import { texts } from "./texts";
import { useCanvasKeys } from "./useCanvasKeys";
import { ViewControls } from "./ViewControls";
import { READABLE, showsAll, SMALLEST, viewOf } from "./view";
import { WayEdge } from "./WayEdge";

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { way: WayEdge };
/** Above this only what is in sight is drawn. */
const MANY = 400;

const SEVERAL = ["Control", "Meta", "Shift"];

/** The same functions each time: React Flow draws every step anew when it is given others. */
const HANDLERS: Partial<ReactFlowProps<StepNodeType, WayEdgeType>> = {
  onConnectStart: (_event, { nodeId }) => {
    if (nodeId) beginConnection(nodeId);
  },
  onConnect: connected,
  onConnectEnd: endConnection,
  onReconnect: (_edge, connection) => {
    connected(connection);
  },
  onReconnectStart: (_event, edge) => {
    beginConnection(edge.source);
  },
  onReconnectEnd: () => {
    useCanvas.setState({ targets: null, from: null });
  },
  isValidConnection: ({ target }) => useCanvas.getState().targets?.has(target) ?? true,
  onEdgeDoubleClick: openWayMenu,
  onNodeClick: () => {
    useCanvas.getState().showChosen();
  },
  onNodeDoubleClick: () => {
    useCanvas.getState().show("settings");
  },
  onPaneClick: () => {
    useEditor.getState().select([]);
  },
  onSelectionEnd: () => {
    // Shift and drag select texts, too.
    window.getSelection()?.removeAllRanges();
  },
};

export function Canvas() {
  return (
    <ReactFlowProvider>
      <Flow />
    </ReactFlowProvider>
  );
}

function Flow() {
  const t = useTexts(texts);
  const { dark } = useHost();
  const document = useEditor((state) => state.document);
  const layout = useEditor((state) => state.layout);
  const catalogue = useEditor((state) => state.catalogue);
  const selection = useEditor((state) => state.selection);
  const readOnly = useEditor((state) => state.readOnly);
  const flow = useReactFlow<StepNodeType, WayEdgeType>();
  const around = useRef<HTMLDivElement>(null);
  const onKeyDown = useCanvasKeys(flow);

  const [nodes, setNodes] = useState<StepNodeType[]>([]);
  const [edges, setEdges] = useState<WayEdgeType[]>([]);
  const dragging = useRef(false);
  const where = places(document, layout, catalogue);
  useEffect(() => {
    if (dragging.current) return;
    setNodes((before) => nodesOf(document, where, catalogue, selection, before));
    setEdges((before) => edgesOf(document, before));
  }, [document, where, catalogue, selection]);
  useReveal(around);
  useKeepWhole(around);

  const onNodesChange = useCallback((changes: NodeChange<StepNodeType>[]) => {
    const selects = changes.filter((change) => change.type === "select");
    if (selects.length) {
      const { selection: before, select } = useEditor.getState();
      const chosen = new Set(before);
      for (const { id, selected } of selects) {
        if (selected) chosen.add(id);
        else chosen.delete(id);
      }
      select([...chosen]);
    }
    const others = changes.filter((change) => change.type === "position" || change.type === "dimensions");
    if (others.length) setNodes((before) => applyNodeChanges(others, before));
  }, []);

  const onNodeDragStop = useCallback((_event: unknown, _node: StepNodeType, moved: StepNodeType[]) => {
    dragging.current = false;
    const { document: now, layout: before, catalogue: kinds, moveSteps } = useEditor.getState();
    const stood = places(now, before, kinds);
    const really = moved.filter(({ id, position }) => {
      const old = stood[id];
      return !old || Math.abs(old.x - position.x) > 1 || Math.abs(old.y - position.y) > 1;
    });
    if (really.length) moveSteps(Object.fromEntries(really.map(({ id, position }): [string, Layout[string]] => [id, position])));
  }, []);

  const onNodeDragStart = useCallback(() => {
    dragging.current = true;
  }, []);
  const onInit = useCallback((ready: ReactFlowInstance<StepNodeType, WayEdgeType>) => {
    const { document: now, layout: put, catalogue: kinds } = useEditor.getState();
    const box = around.current?.getBoundingClientRect();
    if (box) void ready.setViewport(viewOf(places(now, put, kinds), box, READABLE));
  }, []);

  const minimap = useMemo(() => document.steps.length > 8, [document]);

  return (
    // The keys are those of the steps within.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={around}
      className="ma-flow"
      data-canvas
      data-work
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onPointerDownCapture={() => {
        // Dragging keeps the browser from taking the keyboard out of a form.
        if (takesKeys(window.document.activeElement)) (window.document.activeElement as HTMLElement).blur();
      }}
      onDragOver={(event) => overCanvas(event, readOnly)}
      onDragLeave={() => {
        useCanvas.setState({ dropOn: null });
      }}
      onDrop={(event) => {
        dropped(event, flow.screenToFlowPosition);
      }}
    >
      <ReactFlow<StepNodeType, WayEdgeType>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onNodeDragStart={onNodeDragStart}
        onNodeDragStop={onNodeDragStop}
        onInit={onInit}
        {...HANDLERS}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        edgesReconnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={SEVERAL}
        selectionMode={SelectionMode.Partial}
        onlyRenderVisibleElements={document.steps.length > MANY}
        nodeDragThreshold={4}
        connectionRadius={40}
        connectOnClick={false}
        connectionLineType={ConnectionLineType.SmoothStep}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={1.75}
        colorMode={dark ? "dark" : "light"}
        aria-label={t("canvas")}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} />
        <ViewControls />
        {minimap && <MiniMap pannable zoomable ariaLabel={t("minimap")} nodeBorderRadius={12} className="ma-minimap" />}
      </ReactFlow>
    </div>
  );
}

function beginConnection(from: string): void {
  const { document, catalogue } = useEditor.getState();
  useCanvas.setState({ targets: validTargets(document, catalogue, from), from });
}

function endConnection(event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState): void {
  useCanvas.setState({ targets: null, from: null });
  const outcome = outcomeOfHandle(state.fromHandle?.id);
  if (state.isValid || state.toNode || !state.fromNode || outcome === null) return;
  const point = "clientX" in event ? event : event.changedTouches[0];
  if (!point) return;
  const anchor = { x: point.clientX, y: point.clientY, width: 1, height: 1 };
  useCanvas.getState().openMenu({ do: "add", at: { from: state.fromNode.id, outcome }, anchor });
}

function connected({ source, target, sourceHandle }: Connection): void {
  const outcome = outcomeOfHandle(sourceHandle);
  if (outcome !== null) useEditor.getState().connect(source, outcome, target);
}

function openWayMenu(event: MouseEvent, edge: WayEdgeType): void {
  const way = wayOfEdge(edge.id);
  if (!way || useEditor.getState().readOnly) return;
  const anchor = { x: event.clientX, y: event.clientY, width: 1, height: 1 };
  useCanvas.getState().openMenu({ do: "add", at: { edge: way }, anchor });
}

function wayUnder(event: DragEvent): string | null {
  const target = event.target instanceof Element ? event.target : null;
  const plus = target?.closest<HTMLElement>("[data-way]")?.dataset.way;
  return plus ?? target?.closest<HTMLElement>(".react-flow__edge")?.dataset.id ?? null;
}

function overCanvas(event: DragEvent, readOnly: boolean): void {
  if (readOnly || !event.dataTransfer.types.includes(STEP_DRAG)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  const dropOn = wayUnder(event);
  if (useCanvas.getState().dropOn !== dropOn) useCanvas.setState({ dropOn });
}

function dropped(event: DragEvent, inFlow: (point: { x: number; y: number }) => { x: number; y: number }): void {
  const name = event.dataTransfer.getData(STEP_DRAG);
  const editor = useEditor.getState();
  const kind = editor.catalogue.get(name);
  useCanvas.setState({ dropOn: null });
  if (!kind) return;
  event.preventDefault();
  const over = wayUnder(event);
  const edge = over === null ? null : wayOfEdge(over);
  const point = inFlow({ x: event.clientX - 92, y: event.clientY - 40 });
  focusStep(editor.addStep(name, edge && !kind.is_entry ? placeOn(edge, kind.is_end, point) : { position: point }));
}

/** Into the way that leads on from an outcome, where an end cannot stand; behind one that leads nowhere. */
function placeOn([from, outcome]: [string, string], isEnd: boolean, position: Layout[string]): Place {
  const { document } = useEditor.getState();
  const target = stepsById(document).get(from)?.next[outcome] ?? "";
  if (!stepsById(document).has(target)) return { from, outcome };
  return isEnd ? { position } : { edge: [from, outcome] };
}

/** Where everything was in sight, it stays so when a panel takes room. */
function useKeepWhole(around: { current: HTMLDivElement | null }): void {
  const flow = useReactFlow<StepNodeType, WayEdgeType>();
  useEffect(() => {
    const element = around.current;
    if (!element) return;
    let before = element.getBoundingClientRect();
    const observer = new ResizeObserver(() => {
      const box = element.getBoundingClientRect();
      const { document, layout, catalogue } = useEditor.getState();
      const where = places(document, layout, catalogue);
      const view = flow.getViewport();
      const fits = showsAll(where, view, before) && !showsAll(where, view, box);
      before = box;
      if (fits && box.width > 0) void flow.setViewport(viewOf(where, box, SMALLEST));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [flow, around]);
}

/** Brings what was just added or chosen elsewhere into sight, without moving what is in sight already. */
function useReveal(around: { current: HTMLDivElement | null }): void {
  const flow = useReactFlow<StepNodeType, WayEdgeType>();
  const selection = useEditor((state) => state.selection);
  const loaded = useEditor((state) => state.view?.document.key ?? null);
  const [only] = selection;
  useEffect(() => {
    if (only === undefined || selection.length !== 1) return;
    // After React Flow has taken over where the step is.
    const timer = setTimeout(() => {
      const box = around.current?.getBoundingClientRect();
      const node = flow.getNode(only);
      if (!box || !node) return;
      const { x, y, zoom } = flow.getViewport();
      // No further than needed, so that the steps around it stay in sight; with room for what may follow.
      const across = shift(node.position.x * zoom + x, (node.width ?? 0) * zoom, box.width, ROOM_BEHIND);
      const down = shift(node.position.y * zoom + y, (node.height ?? 0) * zoom, box.height, MARGIN);
      if (!across && !down) return;
      const duration = flow.getNodes().length > GLIDING ? 0 : 200;
      void flow.setViewport({ x: x + across, y: y + down, zoom }, { duration });
    }, 30);
    return () => {
      clearTimeout(timer);
    };
  }, [only, selection, loaded, flow, around]);
}

/** With more steps than this every frame of a movement costs too much: it is a jump. */
const GLIDING = 60;
const MARGIN = 40;
const ROOM_BEHIND = 130;

/** How far a stretch has to be moved to lie within 0 to `space`, with a margin; too long: its beginning counts. */
function shift(start: number, length: number, space: number, marginAfter: number): number {
  const over = start + length + marginAfter - space;
  const moved = over > 0 ? start - over : start;
  return (moved < MARGIN ? MARGIN : moved) - start;
}

import { Handle, Position } from "@xyflow/react";
import type { StepKind } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { stepsById } from "../journey/derived";
import { outcomeTitle, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { anchorOf, useCanvas } from "./canvasStore";
import { edgeId, handleId } from "./flow";
import { texts } from "./texts";

/** An outcome at the right side of its step: a handle to connect it, its name, and a "+" for what follows. */
export function Outcome(props: {
  id: string;
  kind: StepKind | undefined;
  outcome: string;
  /** From the top of the step. */
  top: number;
  /** It has a name to tell it from others. */
  named: boolean;
  /** Told only when the reader points at the step. */
  quiet: boolean;
  /** With the Tab key. */
  reachable: boolean;
}) {
  const { id, kind, outcome, top } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const readOnly = useEditor((state) => state.readOnly);
  const free = useEditor((state) => {
    const steps = stepsById(state.document);
    return !steps.has(steps.get(id)?.next[outcome] ?? "");
  });
  const taken = useEditor((state) => state.trail?.edges.some(([from, by]) => from === id && by === outcome) ?? false);
  const name = outcomeTitle(kind, outcome, say) || t("unnamed");
  const optional = kind?.optional_outcomes.includes(outcome) ?? false;
  const classes = [
    "ma-outcome",
    free ? "ma-outcome-free" : "",
    optional && free ? "ma-outcome-optional" : "",
    props.quiet && props.named ? "ma-outcome-quiet" : "",
  ];
  return (
    // Measured from within the step's border.
    <div className={classes.filter(Boolean).join(" ")} style={{ top: top - 1 }}>
      <Handle
        type="source"
        id={handleId(outcome)}
        position={Position.Right}
        className="ma-handle-out"
        title={name}
        isConnectable={!readOnly}
      />
      {props.named && (
        <span className={`ma-outcome-name ${taken ? "ma-outcome-taken" : ""}`} title={name}>
          {name}
        </span>
      )}
      {!readOnly && <Plus id={id} outcome={outcome} name={name} free={free} reachable={props.reachable} wide={!props.quiet && props.named} />}
    </div>
  );
}

/** Offers what may come behind an outcome, or between it and the step it leads to. */
function Plus(props: { id: string; outcome: string; name: string; free: boolean; reachable: boolean; wide: boolean }) {
  const { id, outcome, name, free } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const way = edgeId(id, outcome);
  const dropped = useCanvas((state) => state.dropOn === way);
  const title = useEditor((state) => {
    const step = stepsById(state.document).get(id);
    return step ? stepTitle(step, state.catalogue, say) : "";
  });
  const to = useEditor((state) => {
    const steps = stepsById(state.document);
    const target = steps.get(steps.get(id)?.next[outcome] ?? "");
    return target ? stepTitle(target, state.catalogue, say) : "";
  });
  const label = free ? t("add_behind", { title, outcome: name }) : t("add_within", { title, outcome: name, to });
  const classes = ["ma-plus nodrag nopan", free ? "" : "ma-plus-way", props.wide ? "ma-plus-wide" : "", dropped ? "ma-plus-drop" : ""];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(" ")}
      tabIndex={props.reachable ? 0 : -1}
      data-way={free ? undefined : way}
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        useEditor.getState().select([id]);
        useCanvas.getState().openMenu({ do: "add", at: { from: id, outcome }, anchor: anchorOf(event.currentTarget) });
      }}
    >
      <Icon name="plus" size={free ? 14 : 12} />
    </button>
  );
}

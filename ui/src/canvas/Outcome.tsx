import { Handle, Position } from "@xyflow/react";
import type { StepKind } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { stepsById } from "../journey/derived";
import { outcomeTitle, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { useOutcomeNumber, WayNumber } from "../watch/WayNumber";
import { anchorOf, useCanvas } from "./canvasStore";
import { edgeId, handleId } from "./flow";
import { texts } from "./texts";

/** An outcome at the right side of its step: a handle to connect it, and a "+", with its name, for what follows. */
export function Outcome(props: {
  id: string;
  kind: StepKind | undefined;
  outcome: string;
  /** From the top of the step. */
  top: number;
  /** It has a name to tell it from others that lead on. */
  named: boolean;
  /** With the Tab key. */
  reachable: boolean;
}) {
  const { id, kind, outcome, top, named } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const readOnly = useEditor((state) => state.readOnly);
  const free = useEditor((state) => {
    const steps = stepsById(state.document);
    return !steps.has(steps.get(id)?.next[outcome] ?? "");
  });
  const taken = useEditor((state) => state.trail?.edges.some(([from, by]) => from === id && by === outcome) ?? false);
  const counted = useOutcomeNumber(id, outcome) !== null;
  const name = outcomeTitle(kind, outcome, say) || t("unnamed");
  const optional = free && (kind?.optional_outcomes.includes(outcome) ?? false);
  // One that need not lead on, beside a single one that does: told below the step, when the reader points at it.
  const below = optional && !named;
  const classes = [
    "ma-outcome",
    free && !below ? "ma-outcome-free" : "",
    optional ? "ma-outcome-optional" : "",
    below ? "ma-outcome-below" : "",
    taken ? "ma-outcome-taken" : "",
    counted ? "ma-outcome-counted" : "",
  ];
  const shown = named || below ? name : "";
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
      {readOnly
        ? shown && (
            <span className="ma-outcome-chip ma-outcome-name" title={name}>
              <span>{shown}</span>
            </span>
          )
        : <Plus id={id} outcome={outcome} name={name} shown={shown} free={free} reachable={props.reachable} />}
      {counted && <WayNumber id={id} outcome={outcome} reachable={props.reachable} alone={!shown} />}
    </div>
  );
}

/** Offers what may come behind an outcome, or between it and the step it leads to. Name and "+" are one button. */
function Plus(props: { id: string; outcome: string; name: string; shown: string; free: boolean; reachable: boolean }) {
  const { id, outcome, name, shown, free } = props;
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
  const classes = [
    "ma-plus nodrag nopan",
    shown ? "ma-outcome-chip" : "ma-plus-bare",
    free ? "" : "ma-plus-way",
    dropped ? "ma-plus-drop" : "",
  ];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(" ")}
      tabIndex={props.reachable ? 0 : -1}
      data-way={way}
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        useEditor.getState().select([id]);
        useCanvas.getState().openMenu({ do: "add", at: { from: id, outcome }, anchor: anchorOf(event.currentTarget) });
      }}
    >
      {shown && <span className="ma-outcome-name">{shown}</span>}
      <Icon name="plus" size={free ? 14 : 12} />
    </button>
  );
}

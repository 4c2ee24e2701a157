import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useKnownStore } from "../forms/known";
import type { Part } from "../forms/sentence";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { stepsById } from "../journey/derived";
import { handleTops, isNamed, nodeHeight } from "../journey/layout";
import { outcomesOf, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { KindIcon } from "./AddMenu";
import { Badges } from "./Badges";
import { useCanvas } from "./canvasStore";
import type { StepNode as StepNodeType } from "./flow";
import { Outcome } from "./Outcome";
import { Sentence } from "./Sentence";
import { plain, sentences } from "./sentences";
import { texts } from "./texts";

const NO_PARTS: Part[] = [];

/** One step on the canvas. It reads what it shows itself, so that only what changed is drawn again. */
export const StepNode = memo(function StepNode({ id, selected }: NodeProps<StepNodeType>) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const templates = useKnownStore((state) => state.templates.data);
  const vocabulary = useKnownStore((state) => state.vocabulary.data);
  const step = useEditor((state) => stepsById(state.document).get(id));
  const catalogue = useEditor((state) => state.catalogue);
  const parts = useEditor(
    (state) => sentences(state.document, state.catalogue, language, templates, vocabulary).get(id) ?? NO_PARTS,
  );
  const focusable = useEditor((state) => (state.selection[0] ?? state.document.steps[0]?.id) === id);
  const target = useCanvas((state) => (state.targets && state.from !== id ? (state.targets.has(id) ? "yes" : "no") : null));
  const label = useEditor((state) => state.trail?.labels?.[id]);
  const trail = useEditor((state) =>
    state.trail ? (state.trail.at === id ? "at" : state.trail.steps.includes(id) ? "passed" : "off") : null,
  );
  if (!step) return null;
  const kind = catalogue.get(step.kind);
  const outcomes = outcomesOf(step, catalogue);
  const optional = kind?.optional_outcomes ?? [];
  const tops = handleTops(outcomes, optional);
  const named = isNamed(step, catalogue);
  const title = stepTitle(step, catalogue, say);
  const said = plain(parts);
  const classes = [
    "ma-step",
    selected ? "ma-step-selected" : "",
    target ? `ma-step-target-${target}` : "",
    trail ? `ma-step-trail-${trail}` : "",
  ];
  return (
    <div className={classes.filter(Boolean).join(" ")} style={{ height: nodeHeight(outcomes.length) }}>
      {!kind?.is_entry && <Handle type="target" position={Position.Left} className="ma-handle-in" />}
      <button
        type="button"
        className="ma-step-face"
        data-step-face={id}
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        title={`${kind ? say(kind.title) : step.kind}\n${said}`}
      >
        <span className="ma-step-head">
          <KindIcon group={kind?.group ?? "act"} icon={kind?.icon ?? ""} small />
          <span className="ma-step-title">{title}</span>
        </span>
        <span className="ma-step-says">
          <Sentence parts={parts} />
        </span>
      </button>
      <Badges id={id} reachable={focusable} />
      {trail === "at" && (
        <span className="ma-step-here">
          <Icon name="people" size={13} /> {label ?? t("here_now")}
        </span>
      )}
      {trail === "passed" && (
        <span className="ma-step-passed">
          <Icon name="check" size={13} title={t("passed")} /> {label}
        </span>
      )}
      {outcomes.map((outcome, index) => (
        <Outcome
          key={outcome}
          id={id}
          kind={kind}
          outcome={outcome}
          top={tops[index] ?? 0}
          named={named}
          reachable={focusable}
        />
      ))}
    </div>
  );
});

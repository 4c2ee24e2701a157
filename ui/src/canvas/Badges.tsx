import { useTexts } from "../i18n/define";
import { useFresh } from "../forms/fresh";
import { problemsByStep } from "../journey/derived";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { StepNumbers } from "../watch/StepNumbers";
import { useCanvas } from "./canvasStore";
import { texts } from "./texts";

/** Problems of a step and the people there: each a picture with a number and words. */
export function Badges({ id, reachable }: { id: string; reachable: boolean }) {
  // What nobody has filled in yet is no error.
  const fresh = useFresh((state) => state.steps.has(id));
  const errors = useEditor((state) => (fresh ? 0 : (problemsByStep(state.problems).get(id)?.errors ?? 0)));
  const warnings = useEditor((state) => problemsByStep(state.problems).get(id)?.warnings ?? 0);
  return (
    <>
      {errors + warnings > 0 && <Problems id={id} errors={errors} warnings={warnings} />}
      <StepNumbers id={id} reachable={reachable} />
    </>
  );
}

function Problems({ id, errors, warnings }: { id: string; errors: number; warnings: number }) {
  const t = useTexts(texts);
  const words = [errors && t("errors_n", { n: errors }), warnings && t("warnings_n", { n: warnings })];
  const label = words.filter(Boolean).join(", ");
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`ma-step-problems ${errors ? "ma-badge-danger" : "ma-badge-warning"}`}
      title={label}
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation();
        useEditor.getState().select([id]);
        useCanvas.getState().show("problems");
      }}
    >
      <Icon name={errors ? "error" : "warning"} size={13} />
      {errors + warnings}
    </button>
  );
}

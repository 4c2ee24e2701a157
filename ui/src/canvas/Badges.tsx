import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { useFresh } from "../forms/fresh";
import { problemsByStep } from "../journey/derived";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { useCanvas } from "./canvasStore";
import { texts } from "./texts";

/** Problems of a step and people who wait there: each a picture with a number and words. */
export function Badges({ id }: { id: string }) {
  // What nobody has filled in yet is no error.
  const fresh = useFresh((state) => state.steps.has(id));
  const errors = useEditor((state) => (fresh ? 0 : (problemsByStep(state.problems).get(id)?.errors ?? 0)));
  const warnings = useEditor((state) => problemsByStep(state.problems).get(id)?.warnings ?? 0);
  const waiting = useEditor((state) => state.view?.counts[id]?.waiting ?? 0);
  return (
    <>
      {errors + warnings > 0 && <Problems id={id} errors={errors} warnings={warnings} />}
      {waiting > 0 && <People count={waiting} />}
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

function People({ count }: { count: number }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const people = formatNumber(count, language);
  return (
    <span className="ma-step-people" title={t("people_n", { n: people })}>
      <Icon name="people" size={13} title={t("people_n", { n: people })} />
      {people}
    </span>
  );
}

// Where people go from a step: each outcome with the step it leads to.
import type { ProblemView, StepDocument, StepKind } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { validTargets } from "../journey/graph";
import { outcomesOf, outcomeTitle, stepOf, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { FixButtons } from "../problems/FixButtons";
import { Icon } from "../shell/Icon";
import { useFresh } from "./fresh";
import { texts } from "./texts";
import { useStepName } from "./useStepName";

interface OutcomesProps {
  step: StepDocument;
  kind: StepKind | undefined;
  problems: readonly ProblemView[];
}

export function Outcomes(props: OutcomesProps) {
  const t = useTexts(texts);
  const catalogue = useEditor((state) => state.catalogue);
  const outcomes = outcomesOf(props.step, catalogue);
  if (!outcomes.length) return null;
  return (
    <section className="ma-leads">
      <h3>{t("leads")}</h3>
      <ul>
        {outcomes.map((outcome) => (
          <Lead key={outcome} {...props} outcome={outcome} />
        ))}
      </ul>
    </section>
  );
}

function Lead({ step, kind, problems, outcome }: OutcomesProps & { outcome: string }) {
  const t = useTexts(texts);
  const say = useSaid();
  const target = useEditor((state) => stepOf(state.document, step.next[outcome] ?? ""));
  const catalogue = useEditor((state) => state.catalogue);
  const select = useEditor((state) => state.select);
  const fresh = useFresh((state) => state.steps.has(step.id));
  const name = outcomeTitle(kind, outcome, say);
  const title = target && stepTitle(target, catalogue, say);
  const mine = problems.filter((problem) => problem.outcome === outcome && problem.setting === null);
  return (
    <li>
      <span className="ma-leads-name">{name}</span>
      <Icon name="arrow" size={14} />
      {target && title ? (
        <button
          type="button"
          className="ma-leads-link"
          aria-label={t("go_to", { step: title })}
          onClick={() => {
            select([target.id]);
          }}
        >
          {title}
        </button>
      ) : (
        <>
          {/* Whether an end may stay open is for the check to say. */}
          <span className={mine.length && !fresh ? "ma-leads-missing" : "ma-leads-open"}>
            {t(mine.length ? "leads_nowhere" : "ends_here")}
          </span>
          <LeadTo step={step.id} outcome={outcome} label={t("lead_from", { outcome: name })} />
        </>
      )}
      {mine.map((problem, place) => (
        <div key={place} className="ma-leads-problem">
          {say(problem.fix)}
          <FixButtons problem={problem} />
        </div>
      ))}
    </li>
  );
}

/** Leads an outcome to a step that is there already. */
function LeadTo({ step, outcome, label }: { step: string; outcome: string; label: string }) {
  const t = useTexts(texts);
  const stepName = useStepName();
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  const readOnly = useEditor((state) => state.readOnly);
  const connect = useEditor((state) => state.connect);
  const targets = [...validTargets(document, catalogue, step)];
  if (readOnly || !targets.length) return null;
  return (
    <select
      className="ma-input ma-leads-to"
      aria-label={label}
      value=""
      onChange={(event) => {
        connect(step, outcome, event.currentTarget.value);
      }}
    >
      <option value="">{t("lead_to")}</option>
      {targets.map((id) => (
        <option key={id} value={id}>
          {stepName(id, targets)}
        </option>
      ))}
    </select>
  );
}

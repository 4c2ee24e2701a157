// Where people go from a step: each outcome with the step it leads to.
import type { ProblemView, StepDocument, StepKind } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { outcomesOf, outcomeTitle, stepOf, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { FixButtons } from "../problems/FixButtons";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

export function Outcomes(props: { step: StepDocument; kind: StepKind | undefined; problems: readonly ProblemView[] }) {
  const { step, kind } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  const select = useEditor((state) => state.select);
  const outcomes = outcomesOf(step, catalogue);
  if (!outcomes.length) return null;
  return (
    <section className="ma-leads">
      <h3>{t("leads")}</h3>
      <ul>
        {outcomes.map((outcome) => {
          const target = stepOf(document, step.next[outcome] ?? "");
          const title = target && stepTitle(target, catalogue, say);
          const optional = kind?.optional_outcomes.includes(outcome);
          return (
            <li key={outcome}>
              <span className="ma-leads-name">{outcomeTitle(kind, outcome, say)}</span>
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
                <span className={optional ? "ma-leads-open" : "ma-leads-missing"}>
                  {t(optional ? "may_stay_open" : "leads_nowhere")}
                </span>
              )}
              {props.problems
                .filter((problem) => problem.outcome === outcome && problem.setting === null)
                .map((problem, place) => (
                  <div key={place} className="ma-leads-problem">
                    {say(problem.fix)}
                    <FixButtons problem={problem} />
                  </div>
                ))}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

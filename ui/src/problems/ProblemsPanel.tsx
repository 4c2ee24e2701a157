// Everything the check has to say, in plain sentences, with the way to each field and a button where a fix is obvious.
import "./problems.css";
import type { ProblemView } from "../api/types";
import { wishForField } from "../forms/focus";
import { useSaid, useTexts } from "../i18n/define";
import { stepOf, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { Empty } from "../shell/Notes";
import { FixButtons } from "./FixButtons";
import { useOwnWords } from "./ownWords";
import { countOf, grouped, type ProblemGroup } from "./grouping";
import { texts } from "./texts";

/** `onShow`: somebody wants to see that problem's field; its step is selected already. */
export function ProblemsPanel(props: { onShow?: (problem: ProblemView) => void }) {
  const t = useTexts(texts);
  const problems = useEditor((state) => state.problems);
  const document = useEditor((state) => state.document);
  const checking = useEditor((state) => state.checking);
  // Who only looks publishes nothing.
  const readOnly = useEditor((state) => state.readOnly);
  const errors = countOf(problems, "error");
  const warnings = countOf(problems, "warning");
  if (!problems.length) {
    return (
      <Empty icon={checking ? "clock" : "check"} title={t(checking ? "checking" : "none")}>
        {!checking && !readOnly && <p>{t("none_about")}</p>}
      </Empty>
    );
  }
  return (
    <div className="ma-problems">
      <div className="ma-problems-head" role="status">
        {errors > 0 && <span className="ma-badge ma-badge-danger">{t("errors", { n: errors })}</span>}
        {warnings > 0 && <span className="ma-badge ma-badge-warning">{t("warnings", { n: warnings })}</span>}
        {errors > 0 && !readOnly && <span className="ma-field-help">{t("blocks")}</span>}
      </div>
      {grouped(problems, document).map((group) => (
        <Group key={group.step ?? ""} group={group} onShow={props.onShow} />
      ))}
    </div>
  );
}

function Group(props: { group: ProblemGroup; onShow: ((problem: ProblemView) => void) | undefined }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { step } = props.group;
  const message = useOwnWords(step);
  const catalogue = useEditor((state) => state.catalogue);
  const found = useEditor((state) => (step === null ? undefined : stepOf(state.document, step)));
  const select = useEditor((state) => state.select);
  const kind = found && catalogue.get(found.kind);
  return (
    <section className="ma-problems-group">
      <h3>
        <Icon name={kind?.icon ?? "flag"} size={16} />
        {found ? stepTitle(found, catalogue, say) : t("journey")}
      </h3>
      <ul>
        {props.group.problems.map((problem, place) => (
          <li key={place} className={`ma-problem ma-problem-${problem.severity}`}>
            <button
              type="button"
              className="ma-problem-text"
              onClick={() => {
                if (step !== null) select([step]);
                wishForField({ step, setting: problem.setting });
                props.onShow?.(problem);
              }}
            >
              <Icon name={problem.severity === "error" ? "error" : "warning"} size={16} title={t(problem.severity)} />
              <span>
                {message(problem)}
                {say(problem.fix) && <small>{say(problem.fix)}</small>}
              </span>
            </button>
            <FixButtons problem={problem} />
          </li>
        ))}
      </ul>
    </section>
  );
}

import type { ProblemView } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

export interface LocatedProblem {
  problem: ProblemView;
  line: number | null;
}

/** What is wrong with the text, in plain words; a click leads to the line. */
export function ProblemList(props: { problems: LocatedProblem[]; onLine: (line: number) => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  if (!props.problems.length) return null;
  return (
    <ul className="ma-code-problems" aria-label={t("problems")}>
      {props.problems.map(({ problem, line }, index) => (
        <li key={`${problem.rule} ${String(line)} ${String(index)}`} className={`ma-code-problem-${problem.severity}`}>
          <Icon name={problem.severity === "error" ? "error" : "warning"} size={16} title={t(problem.severity)} />
          <div>
            {line !== null && (
              <button
                type="button"
                className="ma-code-line"
                onClick={() => {
                  props.onLine(line);
                }}
              >
                {t("line", { n: line })}
              </button>
            )}
            <span>{say(problem.message)}</span>
            {say(problem.fix) && <span className="ma-code-fix">{say(problem.fix)}</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}

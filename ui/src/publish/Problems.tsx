// What keeps a journey from being published, or should be looked at before.
import { alike } from "../canvas/alike";
import { focusStep, useCanvas } from "../canvas/canvasStore";
import type { ProblemView } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

/** More than this nobody reads here: the list of problems has them all. */
const MOST = 6;

export function Problems(props: { title: string; problems: ProblemView[]; close: () => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const groups = alike(props.problems);
  return (
    <section className="ma-publish-problems">
      <h3>{props.title}</h3>
      <ul>
        {groups.slice(0, MOST).map(({ problem, times }, index) => (
          <li key={index}>
            <Icon name={problem.severity === "error" ? "error" : "warning"} size={16} />
            <span>
              {say(problem.message)} {times > 1 && <b>{t("problem_times", { n: times })}</b>}
            </span>
            {problem.step !== null && (
              <Button
                small
                onClick={() => {
                  const { step } = problem;
                  props.close();
                  if (step === null) return;
                  useEditor.getState().select([step]);
                  useCanvas.getState().show("settings");
                  focusStep(step);
                }}
              >
                {t("show_problem")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {groups.length < props.problems.length || groups.length > MOST ? (
        <Button
          small
          onClick={() => {
            props.close();
            useCanvas.getState().show("problems");
          }}
        >
          {t("problems_more", { n: props.problems.length })}
        </Button>
      ) : null}
    </section>
  );
}

import type { ProblemView } from "../api/types";
import { useSaid } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";

/** What can be done about a problem at the press of a button. */
export function FixButtons(props: { problem: ProblemView }) {
  const say = useSaid();
  const applyFix = useEditor((state) => state.applyFix);
  const readOnly = useEditor((state) => state.readOnly);
  if (readOnly || !props.problem.actions.length) return null;
  return (
    <span className="ma-fixes">
      {props.problem.actions.map((action, place) => (
        <Button
          key={place}
          small
          onClick={() => {
            applyFix(action);
          }}
        >
          {say(action.title)}
        </Button>
      ))}
    </span>
  );
}

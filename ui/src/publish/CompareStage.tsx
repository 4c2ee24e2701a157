// The large part of the history: the two states in one drawing, or as text.
import { useState } from "react";
import type { Change } from "../api/types";
import { Segments } from "../forms/Segments";
import { useTexts } from "../i18n/define";
import { ChangeMark } from "./ChangeMark";
import { CompareCanvas } from "./CompareCanvas";
import { useSideName } from "./sideName";
import { texts } from "./texts";
import type { Shown } from "./useCompared";
import { YamlDiff } from "./YamlDiff";

const CHANGES: Change[] = ["added", "changed", "removed"];

export function CompareStage(props: {
  shown: Shown;
  pending: boolean;
  chosen: string | null;
  onChoose: (step: string) => void;
}) {
  const { shown, pending } = props;
  const t = useTexts(texts);
  const nameOf = useSideName();
  const [asText, setAsText] = useState(false);
  const { from, to, diff } = shown;
  const name = from === null ? nameOf(to) : t("from_to", { before: nameOf(from), after: nameOf(to) });
  return (
    <>
      <div className="ma-history-bar">
        <h2>{name}</h2>
        {diff && (
          <ul className="ma-legend" aria-label={t("legend")}>
            {CHANGES.map((change) => (
              <li key={change}>
                <ChangeMark change={change} /> {diff.steps.filter((one) => one.change === change).length}
              </li>
            ))}
          </ul>
        )}
        {pending && <span className="ma-spinner" aria-hidden />}
        {diff && (
          <Segments
            label={t("changes_look")}
            value={asText ? "text" : "canvas"}
            options={[
              { value: "canvas", label: t("as_canvas") },
              { value: "text", label: t("as_text") },
            ]}
            onChange={(value) => {
              setAsText(value === "text");
            }}
          />
        )}
      </div>
      <div className={`ma-history-drawing ${pending ? "ma-history-pending" : ""}`}>
        {asText && diff ? (
          <YamlDiff lines={diff.yaml} />
        ) : (
          <CompareCanvas
            key={`${from} ${to}`}
            before={shown.before}
            after={shown.after}
            diff={diff}
            chosen={props.chosen}
            onChoose={props.onChoose}
          />
        )}
      </div>
    </>
  );
}

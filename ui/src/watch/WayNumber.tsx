import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { stepsById } from "../journey/derived";
import { outcomeTitle, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { percent, shareOf } from "./numbers";
import { showPeople, useWatch } from "./store";
import { useIsOfPassages, useStepNow } from "./StepNumbers";
import { texts } from "./texts";
import { shortNumber } from "./words";

/** How many left a step by an outcome; null when that is not on the canvas, or nobody did. */
export function useOutcomeNumber(id: string, outcome: string): number | null {
  const now = useStepNow(id);
  return now?.left[outcome] || null;
}

/** How many went on by an outcome, and which part of all that is: a button that leads to them. */
export function WayNumber(props: {
  id: string;
  outcome: string;
  reachable: boolean;
  /** Beside a way that needs no name: there is room for the number only. */
  alone?: boolean;
}) {
  const { id, outcome, alone = false } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const now = useStepNow(id);
  const step = useEditor((state) => stepsById(state.document).get(id));
  const catalogue = useEditor((state) => state.catalogue);
  const number = now?.left[outcome] ?? 0;
  const passages = useIsOfPassages(number);
  if (!now || !step || !number) return null;
  const share = shareOf(now, outcome);
  const n = formatNumber(number, language);
  const name = outcomeTitle(catalogue.get(step.kind), outcome, say) || t("unnamed");
  const counted =
    share === null ? t("way_line", { outcome: name, n }) : t("share_line", { outcome: name, n, share: percent(share) });
  const what = passages ? `${counted}\n${t("passages")}` : counted;
  return (
    <button
      type="button"
      className={`ma-way-number nodrag nopan ${alone ? "ma-way-number-alone" : ""}`}
      tabIndex={props.reachable ? 0 : -1}
      title={what}
      aria-label={t("of_step", { title: stepTitle(step, catalogue, say), what })}
      onClick={(event) => {
        event.stopPropagation();
        showPeople(id, { what: "left", outcome });
      }}
    >
      <b>{shortNumber(number, language)}</b>
      {share !== null && !alone && <span>{percent(share)}</span>}
    </button>
  );
}

/** How thick the way is to be drawn, in pixels; null: numbers are not on the canvas. */
export function useWayTraffic(key: string): { number: number; most: number } | null {
  const quiet = useEditor((state) => state.trail !== null);
  const counted = useWatch((state) => state.shown && state.watch !== null);
  const number = useWatch((state) => state.traffic.ways.get(key) ?? 0);
  const most = useWatch((state) => state.traffic.most);
  return counted && !quiet ? { number, most } : null;
}

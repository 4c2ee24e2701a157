import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { stepsById } from "../journey/derived";
import { outcomesOf, outcomeTitle, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { portalContainer } from "../shell/portal";
import { failedPeople, heldPeople, isOfPassages, openPeople, passed, percent, shareOf } from "./numbers";
import { useOtherwise } from "./StepLines";
import { showPeople, useWatch } from "./store";
import { texts } from "./texts";
import type { StepNow } from "./types";
import { roughly, shortNumber } from "./words";
import { formatNumber } from "../i18n/format";

/** The numbers of a step while they are on the canvas; nothing while one person's way is. */
export function useStepNow(id: string): StepNow | undefined {
  const quiet = useEditor((state) => state.trail !== null);
  const step = useWatch((state) => (state.shown ? state.watch?.steps[id] : undefined));
  return quiet ? undefined : step;
}

/** How many are at a step, and what is wrong there: each a button that leads to the people. */
export function StepNumbers({ id, reachable }: { id: string; reachable: boolean }) {
  const now = useStepNow(id);
  if (!now) return null;
  const held = heldPeople(now) + openPeople(now);
  const failed = failedPeople(now);
  return (
    <>
      <People id={id} now={now} reachable={reachable} />
      {held + failed > 0 && <Trouble id={id} now={now} held={held} failed={failed} reachable={reachable} />}
    </>
  );
}

/** Whether so many cannot all be different people. Of one run or version nobody can tell. */
export function useIsOfPassages(number: number): boolean {
  const catalogue = useEditor((state) => state.catalogue);
  return useWatch(
    ({ watch, run, version }) => watch !== null && run === null && version === null && isOfPassages(watch, catalogue, number),
  );
}

interface PillProps {
  id: string;
  now: StepNow;
  reachable: boolean;
}

function People({ id, now, reachable }: PillProps) {
  const t = useTexts(texts);
  const { language } = useHost();
  const isEnd = useEditor((state) => state.catalogue.get(stepsById(state.document).get(id)?.kind ?? "")?.is_end ?? false);
  const gone = isEnd ? now.arrived : passed(now);
  if (!now.waiting && !gone) return null;
  const waits = now.waiting > 0;
  const n = formatNumber(waits ? now.waiting : gone, language);
  const what = waits ? t(now.waiting === 1 ? "here_one" : "here", { n }) : t(isEnd ? "reached_line" : "passed_line", { n });
  return (
    <Pill
      id={id}
      now={now}
      what={what}
      look={`ma-count-people ${waits ? "ma-count-here" : ""}`}
      reachable={reachable}
      onClick={() => {
        showPeople(id, { what: waits ? "waiting" : "arrived" });
      }}
    >
      <Icon name={waits ? "people" : "check"} size={13} />
      {shortNumber(waits ? now.waiting : gone, language)}
    </Pill>
  );
}

function Trouble(props: PillProps & { held: number; failed: number }) {
  const { id, now, held, failed, reachable } = props;
  const { language } = useHost();
  const lines = useTroubleLines(now);
  return (
    <Pill
      id={id}
      now={now}
      what={lines.join("\n")}
      look={`ma-count-trouble ${failed ? "ma-badge-danger" : "ma-badge-warning"}`}
      reachable={reachable}
      onClick={() => {
        const [first] = now.held;
        showPeople(id, first ? { what: "held", hold: first.why } : { what: "failed", hold: now.failed[0]?.state ?? null });
      }}
    >
      <Icon name={failed ? "error" : "clock"} size={13} />
      {shortNumber(held + failed, language)}
    </Pill>
  );
}

function Pill(props: {
  id: string;
  now: StepNow;
  what: string;
  look: string;
  reachable: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  const t = useTexts(texts);
  const say = useSaid();
  const title = useEditor((state) => {
    const step = stepsById(state.document).get(props.id);
    return step ? stepTitle(step, state.catalogue, say) : props.id;
  });
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          className={`ma-count nodrag nopan ${props.look}`}
          tabIndex={props.reachable ? 0 : -1}
          aria-label={t("of_step", { title, what: props.what })}
          onClick={(event) => {
            event.stopPropagation();
            props.onClick();
          }}
        >
          {props.children}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal container={portalContainer()}>
        <Tooltip.Content className="ma-tooltip ma-count-tip" side="bottom" sideOffset={6} collisionPadding={8}>
          <StepWords id={props.id} now={props.now} />
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** Everything about a step in words. */
function StepWords({ id, now }: { id: string; now: StepNow }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const trouble = useTroubleLines(now);
  const otherwise = useOtherwise(id);
  const passages = useIsOfPassages(Math.max(passed(now), now.arrived));
  const step = useEditor((state) => stepsById(state.document).get(id));
  const catalogue = useEditor((state) => state.catalogue);
  const editor = useEditor((state) => state.view?.may_see_contacts ?? false);
  const kind = catalogue.get(step?.kind ?? "");
  const n = (value: number) => formatNumber(value, language);
  const outcomes = (step ? outcomesOf(step, catalogue) : []).filter((outcome) => (now.left[outcome] ?? 0) > 0);
  const gone = passed(now);
  return (
    <>
      {now.waiting > 0 && <b>{t(now.waiting === 1 ? "here_one" : "here", { n: n(now.waiting) })}</b>}
      {trouble.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {otherwise > 0 && <span>{t("came_otherwise", { n: n(otherwise) })}</span>}
      {kind?.is_end ? (
        <span>{t("reached_line", { n: n(now.arrived) })}</span>
      ) : (
        gone > 0 && <span>{t("passed_line", { n: n(gone) })}</span>
      )}
      {outcomes.length > 1 &&
        outcomes.map((outcome) => (
          <span key={outcome} className="ma-count-tip-part">
            {t("share_line", {
              outcome: outcomeTitle(kind, outcome, say) || t("unnamed"),
              n: n(now.left[outcome] ?? 0),
              share: percent(shareOf(now, outcome) ?? 1),
            })}
          </span>
        ))}
      {passages && <span>{t("passages")}</span>}
      {!kind?.is_end && now.average_stay_ms !== null && now.average_stay_ms >= 1_000 && (
        <span>{t("stay_line", { time: roughly(now.average_stay_ms, language) })}</span>
      )}
      <small>{t(editor ? "see_people" : "see_more")}</small>
    </>
  );
}

function useTroubleLines(now: StepNow): string[] {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const n = (value: number) => formatNumber(value, language);
  return [
    ...now.held.map((one) => t("held_line", { n: n(one.people), why: say(one.said) })),
    ...now.failed.map((one) => t(`${one.state}_line`, { n: n(one.people), why: say(one.said) })),
  ];
}

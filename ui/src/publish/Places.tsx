// Who stands at steps that were changed or removed, and what happens with them.
import { useId } from "react";
import type { Diff, Do, Place, Rule, StepChange } from "../api/types";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { KindIcon } from "../canvas/AddMenu";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { ChangeMark } from "./ChangeMark";
import type { NameOf } from "./names";
import { passingOf, ruleOf, withChoice, type Chosen } from "./rules";
import { texts } from "./texts";

interface PlacesProps {
  places: readonly Place[];
  diff: Diff;
  chosen: Chosen;
  nameOf: NameOf;
  /** Not there: to look at only. */
  onChoose?: (step: string, rule: Rule) => void;
}

export function Places({ places, diff, chosen, nameOf, onChoose }: PlacesProps) {
  const t = useTexts(texts);
  const passing = passingOf(diff, places);
  if (!places.length && !passing.length) return <p className="ma-muted">{t("places_none")}</p>;
  const kinds = new Map(diff.steps.map(({ step, kind }) => [step, kind]));
  return (
    <>
      {onChoose && places.length > 0 && <p className="ma-muted">{t("places_about")}</p>}
      <ul className="ma-places">
        {places.map((place) => (
          <Row
            key={place.step}
            place={place}
            kind={kinds.get(place.step) ?? ""}
            rule={ruleOf(place, chosen)}
            nameOf={nameOf}
            {...(onChoose ? { onChoose } : {})}
          />
        ))}
        {passing.map((change) => (
          <Passing key={change.step} change={change} />
        ))}
      </ul>
    </>
  );
}

/** Nothing to choose: what is said is what happens. */
function Passing({ change }: { change: StepChange }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const how = change.ways.length ? "passing_ways" : change.settings.length ? "passing_settings" : "passing_same";
  return (
    <li className="ma-place">
      <StepName step={change} kind={change.kind} />
      <div className="ma-place-people ma-place-passing">
        <Icon name="people" size={16} />
        <span>{t(how, { n: formatNumber(change.people ?? 0, language) })}</span>
      </div>
    </li>
  );
}

function StepName({ step, kind }: { step: Pick<StepChange, "title" | "change">; kind: string }) {
  const say = useSaid();
  const known = useEditor((state) => state.catalogue.get(kind));
  return (
    <div className="ma-place-step">
      <KindIcon group={known?.group ?? "act"} icon={known?.icon ?? ""} small />
      <span>
        <b>{say(step.title)}</b>
        <ChangeMark change={step.change} />
      </span>
    </div>
  );
}

interface RowProps {
  place: Place;
  kind: string;
  rule: Rule;
  nameOf: NameOf;
  onChoose?: (step: string, rule: Rule) => void;
}

const ABOUT: Record<Do, "adopt_about" | "move_about" | "leave_about" | "finish_about"> = {
  adopt: "adopt_about",
  move: "move_about",
  leave: "leave_about",
  finish: "finish_about",
};

function Row(props: RowProps) {
  const { place, rule, nameOf } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  return (
    <li className="ma-place">
      <StepName step={place} kind={props.kind} />
      <div className="ma-place-people">
        <Icon name="people" size={16} />
        {t("people_n", { n: formatNumber(place.people, language) })}
      </div>
      <div className="ma-place-choice">
        {props.onChoose ? (
          <Choice {...props} onChoose={props.onChoose} />
        ) : (
          <b>{rule.do === "move" ? t("moves_to", { title: nameOf(rule.to ?? "") }) : t(rule.do)}</b>
        )}
        <p>{rule.do === "leave" && rule.reason && !props.onChoose ? rule.reason : t(ABOUT[rule.do])}</p>
      </div>
    </li>
  );
}

function Choice({ place, rule, nameOf, onChoose }: RowProps & Required<Pick<RowProps, "onChoose">>) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const reason = useId();
  const title = say(place.title);
  const people = formatNumber(place.people, language);
  return (
    <>
      <select
        className="ma-input"
        aria-label={t("choice_of", { title, n: people })}
        value={rule.do}
        onChange={(event) => {
          const choice = place.choices.find((one) => one === event.target.value);
          if (choice) onChoose(place.step, withChoice(place, rule, choice));
        }}
      >
        {place.choices.map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
      </select>
      {rule.do === "move" && (
        <select
          className="ma-input"
          aria-label={t("move_to", { title })}
          value={rule.to ?? ""}
          onChange={(event) => {
            onChoose(place.step, { ...rule, to: event.target.value });
          }}
        >
          {place.targets.map((id) => (
            <option key={id} value={id}>
              {id === place.suggested ? t("suggested", { title: nameOf(id) }) : nameOf(id)}
            </option>
          ))}
        </select>
      )}
      {rule.do === "leave" && (
        <>
          <label className="ma-hidden" htmlFor={reason}>
            {t("leave_reason_of", { title })}
          </label>
          <input
            id={reason}
            className="ma-input"
            placeholder={t("leave_reason")}
            maxLength={500}
            value={rule.reason}
            onChange={(event) => {
              onChoose(place.step, { ...rule, reason: event.target.value });
            }}
          />
        </>
      )}
    </>
  );
}

// What is different, in words: one entry for each step, with what was and what will be.
import { useEffect, useRef, useState } from "react";
import type { Diff, JourneyDocument, Said, StepChange } from "../api/types";
import { KindIcon } from "../canvas/AddMenu";
import { Sentence } from "../canvas/Sentence";
import { useKnownStore } from "../forms/known";
import { sentence, type Part } from "../forms/sentence";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { stepsById } from "../journey/derived";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { ChangeMark } from "./ChangeMark";
import { namesIn, type NameOf } from "./names";
import { texts } from "./texts";

/** More than these are only shown when asked for. */
const AT_FIRST = 6;

interface ChangesProps {
  diff: Diff;
  before: JourneyDocument | null;
  after: JourneyDocument;
  /** The step that is looked at on the canvas, where there is one. */
  chosen?: string | null;
  onChoose?: (step: string) => void;
}

export function Changes({ diff, before, after, chosen = null, onChoose }: ChangesProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const catalogue = useEditor((state) => state.catalogue);
  const [all, setAll] = useState(false);
  const nameOf = namesIn([after, before], diff, catalogue, say);
  if (!diff.steps.length && !diff.journey.length) return <p className="ma-muted">{t(diff.yaml.length ? "only_places" : "no_changes")}</p>;
  const place = diff.steps.findIndex(({ step }) => step === chosen);
  const hidden = !all && diff.steps.length > AT_FIRST && place < AT_FIRST;
  return (
    <>
      <ul className="ma-changes">
        {diff.journey.length > 0 && (
          <li className="ma-change">
            <div className="ma-change-head">
              <ChangeMark change="changed" />
              <b>{t("whole")}</b>
            </div>
            <ul className="ma-change-lines">
              {diff.journey.map((one) => (
                <BeforeAfter key={one.what} what={say(one.title)} before={one.before} after={one.after} />
              ))}
            </ul>
          </li>
        )}
        {diff.steps.slice(0, hidden ? AT_FIRST : undefined).map((one) => (
          <ChangedStep
            key={one.step}
            change={one}
            document={one.change === "removed" ? before : after}
            nameOf={nameOf}
            chosen={chosen === one.step}
            {...(onChoose ? { onChoose } : {})}
          />
        ))}
      </ul>
      {hidden && (
        <Button
          small
          onClick={() => {
            setAll(true);
          }}
        >
          {t("more_changes", { n: diff.steps.length })}
        </Button>
      )}
    </>
  );
}

function ChangedStep(props: {
  change: StepChange;
  document: JourneyDocument | null;
  nameOf: NameOf;
  chosen: boolean;
  onChoose?: (step: string) => void;
}) {
  const { change, document, nameOf, chosen, onChoose } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const kind = useEditor((state) => state.catalogue.get(change.kind));
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) item.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const title = say(change.title);
  return (
    <li ref={item} className={`ma-change ${chosen ? "ma-change-chosen" : ""}`}>
      <div className="ma-change-head">
        <ChangeMark change={change.change} />
        <KindIcon group={kind?.group ?? "act"} icon={kind?.icon ?? ""} small />
        {onChoose ? (
          <button
            type="button"
            className="ma-change-title"
            title={t("show_on_canvas", { title })}
            onClick={() => {
              onChoose(change.step);
            }}
          >
            {title}
          </button>
        ) : (
          <b>{title}</b>
        )}
      </div>
      {change.change !== "changed" && <Says id={change.step} document={document} />}
      {change.change === "changed" && (
        <ul className="ma-change-lines">
          {change.titled && <BeforeAfter what={t("name")} before={change.titled.before} after={change.titled.after} />}
          {change.settings.map((one) => (
            <BeforeAfter key={one.name} what={say(one.title)} before={one.before} after={one.after} />
          ))}
          {change.ways.map((one) => (
            <Line
              key={one.outcome}
              what={t("leads_to", { outcome: say(one.title) })}
              none={t("no_way")}
              before={one.before === null ? null : nameOf(one.before)}
              after={one.after === null ? null : nameOf(one.after)}
            />
          ))}
        </ul>
      )}
    </li>
  );
}

/** What a step that is new does, or one that is gone did. */
function Says({ id, document }: { id: string; document: JourneyDocument | null }) {
  const parts = useSentence(id, document);
  if (!parts.length) return null;
  return (
    <p className="ma-change-says">
      <Sentence parts={parts} />
    </p>
  );
}

export function useSentence(id: string, document: JourneyDocument | null): Part[] {
  const { language } = useHost();
  const templates = useKnownStore((state) => state.templates.data);
  const vocabulary = useKnownStore((state) => state.vocabulary.data);
  const catalogue = useEditor((state) => state.catalogue);
  const step = document && stepsById(document).get(id);
  const kind = step && catalogue.get(step.kind);
  return step && kind ? sentence(kind, step, { language, document, catalogue, templates, vocabulary }) : [];
}

function BeforeAfter(props: { what: string; before: Said | null; after: Said | null }) {
  const t = useTexts(texts);
  const say = useSaid();
  const said = (value: Said | null) => (value === null ? null : say(value));
  return <Line what={props.what} none={t("nothing")} before={said(props.before)} after={said(props.after)} />;
}

function Line(props: { what: string; none: string; before: string | null; after: string | null }) {
  const t = useTexts(texts);
  return (
    <li>
      <span className="ma-change-what">{t("colon", { what: props.what })}</span>{" "}
      <span className="ma-hidden">{t("was")}</span>
      {props.before === null ? <span className="ma-change-none">{props.none}</span> : <del>{props.before}</del>}{" "}
      <span className="ma-change-arrow">
        <Icon name="arrow" size={13} />
      </span>{" "}
      <span className="ma-hidden">{t("becomes")}</span>
      {props.after === null ? <span className="ma-change-none">{props.none}</span> : <ins>{props.after}</ins>}
    </li>
  );
}

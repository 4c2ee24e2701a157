import { useCallback, type KeyboardEvent } from "react";
import { useKnownStore } from "../forms/known";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { once, stepsById } from "../journey/derived";
import { outcomeTitle, stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { treeOf, type Branch, type Item } from "../journey/tree";
import { Button, IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { WayNumber } from "../watch/WayNumber";
import { KindIcon } from "./AddMenu";
import { anchorOf, focusStep, useCanvas } from "./canvasStore";
import { commandOf, takesKeys } from "./keyboard";
import { sentences } from "./sentences";
import { Badges } from "./Badges";
import { Sentence } from "./Sentence";
import { texts } from "./texts";
import { linkFrom, onOwnButton, onSelected, openSettings, removeSelected } from "./useCanvasKeys";

const tree = once(treeOf);

/** The journey as a list: everything the canvas can do, for screen readers and for whoever likes lists. */
export function Outline() {
  const t = useTexts(texts);
  const items = useEditor((state) => tree(state.document, state.catalogue));
  const readOnly = useEditor((state) => state.readOnly);
  const onKeyDown = useCallback((event: KeyboardEvent) => {
    const command = commandOf(event);
    if (!command || takesKeys(event.target)) return;
    const inner = onOwnButton(event);
    if (inner && command.do !== "clear") return;
    if (command.do === "go") {
      if (command.direction === "up" || command.direction === "down") goInList(command.direction);
      else return;
    } else if (!onSelected(command)) return;
    event.preventDefault();
    event.stopPropagation();
  }, []);
  return (
    // The keys are those of the steps within.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="ma-outline" data-work tabIndex={-1} onKeyDown={onKeyDown}>
      <div className="ma-outline-inner">
        <Items items={items} label={t("outline_label")} />
        {!readOnly && (
          <Button
            small
            icon="plus"
            onClick={(event) => {
              const anchor = anchorOf(event.currentTarget);
              useCanvas.getState().openMenu({ do: "add", at: { position: null }, anchor });
            }}
          >
            {t("outline_free")}
          </Button>
        )}
      </div>
    </div>
  );
}

function goInList(direction: "up" | "down"): void {
  const faces = [...document.querySelectorAll<HTMLElement>(".ma-outline [data-step-face]")];
  const [selected] = useEditor.getState().selection;
  const now = faces.findIndex((face) => face.dataset.stepFace === selected);
  const next = faces[now < 0 ? 0 : now + (direction === "down" ? 1 : -1)]?.dataset.stepFace;
  if (next === undefined) return;
  useEditor.getState().select([next]);
  focusStep(next);
}

function Items({ items, label }: { items: Item[]; label?: string }) {
  return (
    <ol className="ma-outline-list" aria-label={label}>
      {items.map((item) => (
        <Row key={item.id} item={item} />
      ))}
    </ol>
  );
}

const NO_PARTS: never[] = [];

function Row({ item }: { item: Item }) {
  const { id } = item;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const templates = useKnownStore((state) => state.templates.data);
  const vocabulary = useKnownStore((state) => state.vocabulary.data);
  const catalogue = useEditor((state) => state.catalogue);
  const step = useEditor((state) => stepsById(state.document).get(id));
  const selected = useEditor((state) => state.selection.includes(id));
  const readOnly = useEditor((state) => state.readOnly);
  const at = useEditor((state) => state.trail?.at === id);
  const parts = useEditor(
    (state) => sentences(state.document, state.catalogue, language, templates, vocabulary).get(id) ?? NO_PARTS,
  );
  if (!step) return null;
  const kind = catalogue.get(step.kind);
  const title = stepTitle(step, catalogue, say);
  const choose = (more: boolean) => {
    const { select, selection } = useEditor.getState();
    if (!more) select([id]);
    else select(selected ? selection.filter((one) => one !== id) : [...selection, id]);
  };
  return (
    <li>
      <div className={`ma-outline-row ${selected ? "ma-outline-row-selected" : ""}`}>
        <button
          type="button"
          className="ma-outline-row-face"
          data-step-face={id}
          aria-pressed={selected}
          onClick={(event) => {
            choose(event.ctrlKey || event.metaKey || event.shiftKey);
            useCanvas.getState().showChosen();
          }}
          onFocus={() => {
            if (!selected && useEditor.getState().selection.length < 2) choose(false);
          }}
        >
          <KindIcon group={kind?.group ?? "act"} icon={kind?.icon ?? ""} small />
          <span className="ma-step-words">
            <span className="ma-step-title">{title}</span>
            <span className="ma-outline-row-says">
              <Sentence parts={parts} />
            </span>
          </span>
        </button>
        <Badges id={id} reachable />
        {at && (
          <span className="ma-badge ma-badge-accent">
            <Icon name="people" size={13} /> {t("here_now")}
          </span>
        )}
        <span className="ma-outline-row-buttons">
          <IconButton
            small
            icon="settings"
            label={t("outline_settings", { title })}
            onClick={() => {
              choose(false);
              openSettings();
            }}
          />
          {!readOnly && (
            <>
              {!kind?.is_end && (
                <IconButton
                  small
                  icon="branch"
                  label={t("outline_connect", { title })}
                  onClick={() => {
                    choose(false);
                    linkFrom(id);
                  }}
                />
              )}
              <IconButton
                small
                icon="trash"
                label={t("outline_remove", { title })}
                onClick={() => {
                  choose(false);
                  removeSelected();
                }}
              />
            </>
          )}
        </span>
      </div>
      {item.branches.length > 0 && (
        <ul className="ma-outline-branches">
          {item.branches.map((branch) => (
            <BranchRow key={branch.outcome} from={id} branch={branch} />
          ))}
        </ul>
      )}
      {item.onward && <Way from={id} outcome={item.onward.outcome} joins={item.onward.joins} />}
      {!item.branches.length && !item.onward && !kind?.is_end && <Between from={id} />}
    </li>
  );
}

function BranchRow({ from, branch }: { from: string; branch: Branch }) {
  const t = useTexts(texts);
  const say = useSaid();
  const kind = useEditor((state) => state.catalogue.get(stepsById(state.document).get(from)?.kind ?? ""));
  const name = outcomeTitle(kind, branch.outcome, say) || t("unnamed");
  return (
    <li>
      <div className="ma-outline-branch-head">
        <span className="ma-outcome-name">{name}</span>
        <WayNumber id={from} outcome={branch.outcome} reachable />
        <Way from={from} outcome={branch.outcome} joins={branch.joins} within={branch.items.length > 0} />
      </div>
      {branch.items.length > 0 && <Items items={branch.items} label={name} />}
    </li>
  );
}

/** Between a step and the one that follows it in the list. */
function Between({ from }: { from: string }) {
  const outcome = useEditor((state) => {
    const step = stepsById(state.document).get(from);
    return step ? Object.keys(step.next)[0] : undefined;
  });
  return outcome === undefined ? null : <Way from={from} outcome={outcome} joins={null} within />;
}

/** The buttons of one way: add a step into it or behind it; where it joins another step, that one. */
function Way(props: { from: string; outcome: string; joins: string | null; within?: boolean }) {
  const { from, outcome, joins, within = false } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const catalogue = useEditor((state) => state.catalogue);
  const readOnly = useEditor((state) => state.readOnly);
  const step = useEditor((state) => stepsById(state.document).get(from));
  const target = useEditor((state) => (joins === null ? undefined : stepsById(state.document).get(joins)));
  if (!step) return null;
  const title = stepTitle(step, catalogue, say);
  const name = outcomeTitle(catalogue.get(step.kind), outcome, say) || t("unnamed");
  const label = t("add_behind", { title, outcome: name });
  return (
    <span className="ma-outline-row-way">
      {target && (
        <>
          <span>{t("outline_goes_on")}</span>
          <button
            type="button"
            className="ma-outline-link"
            onClick={() => {
              useEditor.getState().select([target.id]);
              focusStep(target.id);
            }}
          >
            {stepTitle(target, catalogue, say)}
          </button>
        </>
      )}
      {!target && !within && <span className="ma-outline-row-open">{t("leads_nowhere", { outcome: name })}</span>}
      {!readOnly && (
        <>
          <IconButton
            small
            icon="plus"
            label={label}
            onClick={(event) => {
              useEditor.getState().select([from]);
              useCanvas
                .getState()
                .openMenu({ do: "add", at: { from, outcome }, anchor: anchorOf(event.currentTarget) });
            }}
          />
          {(target || within) && (
            <IconButton
              small
              icon="close"
              label={t("outline_disconnect", { title, outcome: name })}
              onClick={() => {
                useEditor.getState().disconnect(from, outcome);
              }}
            />
          )}
        </>
      )}
    </span>
  );
}

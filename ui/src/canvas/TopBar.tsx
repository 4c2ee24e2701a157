import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";
import { useSaid, useTexts } from "../i18n/define";
import { save } from "../journey/autosave";
import { useEditor } from "../journey/store";
import { JourneyBadges } from "../journeys/StateBadge";
import { Button, IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { portalContainer } from "../shell/portal";
import { Link } from "../shell/route";
import { showOutline, useCanvas } from "./canvasStore";
import { MoreMenu } from "./MoreMenu";
import { useMineElsewhere, useShownState } from "./shownState";
import { StartButton } from "./StartButton";
import { texts } from "./texts";

export function TopBar() {
  const t = useTexts(texts);
  const readOnly = useEditor((state) => state.readOnly);
  const state = useShownState();
  const paused = useEditor(({ view }) => view?.paused ?? false);
  const life = useEditor(({ view }) => view?.life ?? null);
  const archived = life !== null && life.archived_at !== null;
  return (
    <header className="ma-top">
      <Link to={["journeys"]} className="ma-top-back" title={t("back")}>
        <Icon name="back" title={t("back")} />
      </Link>
      <Title />
      <JourneyBadges state={state} paused={paused} life={life} />
      {!readOnly && <SaveState />}
      <span className="ma-top-space" />
      {!readOnly && <HistoryButtons />}
      <Look />
      <MoreMenu />
      <StartButton />
      {!readOnly && (
        <Button
          look="primary"
          icon="send"
          disabled={state === "live" || archived}
          title={archived ? t("publish_archived") : state === "live" ? t("nothing_to_publish") : undefined}
          onClick={() => {
            useCanvas.setState({ publishing: true });
          }}
        >
          {t("publish")}
        </Button>
      )}
    </header>
  );
}

function Title() {
  const t = useTexts(texts);
  const title = useEditor((state) => state.document.title);
  const readOnly = useEditor((state) => state.readOnly);
  if (readOnly) return <h1 className="ma-top-title">{title}</h1>;
  return (
    <span className="ma-top-title ma-top-title-edit" data-text={title || " "}>
      <input
        aria-label={t("title")}
        title={t("title")}
        placeholder={t("title")}
        size={1}
        maxLength={200}
        value={title}
        onChange={(event) => {
          useEditor.getState().setJourney({ title: event.target.value });
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) event.currentTarget.blur();
        }}
      />
    </span>
  );
}

function SaveState() {
  const t = useTexts(texts);
  const saving = useEditor((state) => state.saving);
  const elsewhere = useMineElsewhere();
  const say = useSaid();
  const failure = useEditor((state) => state.failure);
  const icon = { saved: "check", saving: "more", unsaved: "more", failed: "warning", conflict: "warning" }[saving];
  return (
    <span className={`ma-save ma-save-${saving}`} role="status" title={say(failure)}>
      <Icon name={icon} size={14} />
      {t(saving === "conflict" && elsewhere ? "conflict_mine" : saving)}
      {saving === "failed" && (
        <Button small onClick={() => void save()}>
          {t("save_again")}
        </Button>
      )}
    </span>
  );
}

function HistoryButtons() {
  const t = useTexts(texts);
  const past = useEditor((state) => state.history.past.at(-1)?.label);
  const future = useEditor((state) => state.history.future.at(-1)?.label);
  const laidOut = useEditor((state) => !Object.keys(state.layout).length);
  const { undo, redo, autoLayout } = useEditor.getState();
  return (
    <div className="ma-top-group">
      <Tip text={past ? t("undo_what", { what: past }) : t("undo")} keys="Ctrl+Z">
        <IconButton icon="undo" label={t("undo")} title="" disabled={past === undefined} onClick={undo} />
      </Tip>
      <Tip text={future ? t("redo_what", { what: future }) : t("redo")} keys="Ctrl+Shift+Z">
        <IconButton icon="redo" label={t("redo")} title="" disabled={future === undefined} onClick={redo} />
      </Tip>
      <Tip text={t("tidy_about")}>
        <IconButton icon="layout" label={t("tidy")} title="" disabled={laidOut} onClick={autoLayout} />
      </Tip>
    </div>
  );
}

function Tip(props: { text: string; keys?: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <span className="ma-tip">{props.children}</span>
      </Tooltip.Trigger>
      <Tooltip.Portal container={portalContainer()}>
        <Tooltip.Content className="ma-tooltip" sideOffset={6}>
          {props.text}
          {props.keys && <kbd>{props.keys}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

function Look() {
  const t = useTexts(texts);
  const outline = useCanvas((state) => state.outline);
  const choice = (name: "flow" | "outline", chosen: boolean, icon: string) => (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={() => {
        showOutline(name === "outline");
      }}
    >
      <Icon name={icon} size={15} />
      {t(name)}
    </button>
  );
  return (
    <div className="ma-look" role="group" aria-label={t("look")}>
      {choice("flow", !outline, "layout")}
      {choice("outline", outline, "list")}
    </div>
  );
}

import { Tabs } from "radix-ui";
import type { KeyboardEvent } from "react";
import { CodePanel } from "../code/CodePanel";
import { JourneyForm } from "../forms/JourneyForm";
import { StepForm } from "../forms/StepForm";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { ProblemsPanel } from "../problems/ProblemsPanel";
import { Button, IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { TryPanel } from "../tryit/TryPanel";
import { PeoplePanel } from "../watch/PeoplePanel";
import { focusWork, useCanvas, type SideTab } from "./canvasStore";
import { copySelected } from "./clipboardEvents";
import { texts } from "./texts";
import { removeSelected } from "./useCanvasKeys";

const TABS: { name: Exclude<SideTab, "people">; icon: string; forWork: boolean }[] = [
  { name: "settings", icon: "settings", forWork: false },
  { name: "problems", icon: "warning", forWork: true },
  { name: "code", icon: "code", forWork: false },
  { name: "try", icon: "play", forWork: true },
];

export function SidePanel() {
  const t = useTexts(texts);
  const tab = useCanvas((state) => state.tab);
  const chosen = useEditor((state) => state.selection.length > 0);
  const idle = useEditor((state) => state.readOnly) && !chosen;
  const open = useCanvas((state) => state.sideOpen ?? !idle);
  const mayWork = useMe((state) => state.me?.may_see_contacts ?? false);
  const { show } = useCanvas.getState();
  // Who may edit no journey gets no answer from the check and from trying out.
  const tabs = TABS.filter(({ forWork }) => mayWork || !forWork);
  if (open && tab === "people") return <PeoplePanel />;
  if (!open) {
    return (
      <aside className="ma-side ma-side-closed" aria-label={t("side")}>
        {tabs.map(({ name, icon }) => (
          <IconButton key={name} icon={icon} label={t(`tab_${name}`)} onClick={() => show(name)} />
        ))}
      </aside>
    );
  }
  return (
    <Tabs.Root
      asChild
      value={tab}
      onValueChange={(value) => {
        const found = tabs.find(({ name }) => name === value);
        if (found) show(found.name);
      }}
    >
      {/* The key is that of the fields within. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <aside
        className={`ma-side ${tab === "code" ? "ma-side-wide" : ""}`}
        aria-label={t("side")}
        onKeyDown={backToCanvas}
      >
        <div className="ma-side-head">
          <Tabs.List className="ma-side-tabs" aria-label={t("side")}>
            {tabs.map(({ name }) => (
              <Tabs.Trigger key={name} value={name}>
                {t(`tab_${name}`)}
                {name === "problems" && <ProblemCount />}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <IconButton
            small
            icon="close"
            label={t("side_hide")}
            onClick={() => {
              useCanvas.setState({ sideOpen: false });
            }}
          />
        </div>
        <Tabs.Content value="settings" className="ma-side-body" data-side-panel tabIndex={-1}>
          <Settings />
        </Tabs.Content>
        <Tabs.Content value="problems" className="ma-side-body" tabIndex={-1}>
          <ProblemsPanel onShow={() => show("settings")} />
        </Tabs.Content>
        <Tabs.Content value="code" className="ma-side-body" tabIndex={-1}>
          <CodePanel />
        </Tabs.Content>
        <Tabs.Content value="try" className="ma-side-body" tabIndex={-1}>
          <TryPanel />
        </Tabs.Content>
      </aside>
    </Tabs.Root>
  );
}

/** Escape in a field leads back to its step; in an open list of choices it only closes that. */
function backToCanvas(event: KeyboardEvent<HTMLElement>): void {
  const target = event.target instanceof Element ? event.target : null;
  if (event.key !== "Escape" || event.defaultPrevented || event.nativeEvent.isComposing) return;
  if (!target || !event.currentTarget.contains(target)) return;
  if (target.closest('.cm-editor, [role="combobox"][aria-expanded="true"], [aria-haspopup][aria-expanded="true"]')) return;
  event.preventDefault();
  focusWork();
}

function ProblemCount() {
  const t = useTexts(texts);
  const count = useEditor((state) => state.problems.length);
  const error = useEditor((state) => state.problems.some((problem) => problem.severity === "error"));
  if (!count) return null;
  return (
    <span className={`ma-badge ${error ? "ma-badge-danger" : "ma-badge-warning"}`} title={t("problems_n", { n: count })}>
      <Icon name={error ? "error" : "warning"} size={12} />
      {count}
    </span>
  );
}

function Settings() {
  const t = useTexts(texts);
  const selection = useEditor((state) => state.selection);
  const readOnly = useEditor((state) => state.readOnly);
  const [only] = selection;
  if (only === undefined) return <JourneyForm />;
  if (selection.length === 1) return <StepForm key={only} step={only} />;
  return (
    <div className="ma-several">
      <h2>{t("several", { n: selection.length })}</h2>
      <p>{t("several_about")}</p>
      <div className="ma-several-buttons">
        <Button icon="copy" onClick={() => void copySelected()}>
          {t("copy")}
        </Button>
        {!readOnly && (
          <Button icon="trash" look="danger" onClick={removeSelected}>
            {t("remove")}
          </Button>
        )}
      </div>
    </div>
  );
}

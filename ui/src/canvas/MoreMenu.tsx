import { DropdownMenu } from "radix-ui";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { portalContainer } from "../shell/portal";
import { LifeItems } from "../watch/LifeItems";
import { go } from "../shell/route";
import { useCanvas } from "./canvasStore";
import { copySelected, cutSelected, pasteFromButton } from "./clipboardEvents";
import { duplicate } from "./duplicate";
import { airflowPage } from "./links";
import { useShownState } from "./shownState";
import { texts } from "./texts";

/** What can be done with the steps that are selected, and with the journey as a whole. */
export function MoreMenu() {
  const t = useTexts(texts);
  const readOnly = useEditor((state) => state.readOnly);
  const nothing = useEditor((state) => !state.selection.length);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <IconButton icon="more" label={t("more")} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={portalContainer()}>
        <DropdownMenu.Content className="ma-menu" align="end" sideOffset={4}>
          <Item label={t("copy")} icon="copy" does={() => void copySelected()} disabled={nothing} keys="Ctrl+C" />
          {!readOnly && (
            <>
              <Item label={t("cut")} icon="close" does={() => void cutSelected()} disabled={nothing} keys="Ctrl+X" />
              <Item label={t("paste")} icon="paste" does={() => void pasteFromButton()} keys="Ctrl+V" />
            </>
          )}
          <Item label={t("select_all")} icon="check" does={selectAll} keys="Ctrl+A" />
          <Item
            label={t("keys")}
            icon="info"
            does={() => {
              useCanvas.setState({ keysOpen: true });
            }}
            keys="?"
          />
          <OfJourney />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function selectAll(): void {
  const { select, document } = useEditor.getState();
  select(document.steps.map((step) => step.id));
}

function OfJourney() {
  const t = useTexts(texts);
  const readOnly = useEditor((state) => state.readOnly);
  const mayCreate = useMe((state) => state.me?.may_create ?? false);
  const state = useShownState();
  const view = useEditor((editor) => editor.view);
  return (
    <>
      <DropdownMenu.Separator className="ma-menu-line" />
      {mayCreate && <Item label={t("duplicate")} icon="copy" does={() => void duplicate()} />}
      {view?.may_see_contacts && (
        <LifeItems
          paused={view.paused}
          life={view.life}
          runs={view.dag_path !== null}
          ask={(asking) => {
            useCanvas.setState({ asking });
          }}
        />
      )}
      {view?.version != null && (
        <Item
          label={t("history")}
          icon="history"
          does={() => {
            go("journeys", view.document.key, "history");
          }}
        />
      )}
      {view?.dag_path != null && <DagItem path={view.dag_path} />}
      {!readOnly && state !== "live" && (
        <Item
          label={t(state === "draft" ? "delete_draft" : "discard")}
          icon="trash"
          does={() => {
            useCanvas.setState({ asking: "discard" });
          }}
          danger
        />
      )}
    </>
  );
}

function Item(props: {
  label: string;
  icon: string;
  does: () => void;
  disabled?: boolean;
  keys?: string;
  danger?: boolean;
}) {
  return (
    <DropdownMenu.Item
      className={`ma-menu-item ${props.danger ? "ma-menu-danger" : ""}`}
      disabled={props.disabled ?? false}
      onSelect={props.does}
    >
      <Icon name={props.icon} size={16} />
      <span className="ma-menu-words">{props.label}</span>
      {props.keys && <kbd>{props.keys}</kbd>}
    </DropdownMenu.Item>
  );
}

function DagItem({ path }: { path: string }) {
  const t = useTexts(texts);
  return (
    <DropdownMenu.Item className="ma-menu-item" asChild>
      <a href={airflowPage(path)}>
        <Icon name="arrow" size={16} />
        <span className="ma-menu-words">{t("open_dag")}</span>
      </a>
    </DropdownMenu.Item>
  );
}

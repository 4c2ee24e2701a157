import { Popover } from "radix-ui";
import { useId, useState, type KeyboardEvent } from "react";
import { useSaid, useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { portalContainer } from "../shell/portal";
import { focusStep, useCanvas, type Menu } from "./canvasStore";
import { sectionsOf, type Option } from "./menu";
import { texts } from "./texts";

/** The one menu of the canvas and the list: adds behind a "+", or connects to a step. */
export function AddMenu() {
  const menu = useCanvas((state) => state.menu);
  const openMenu = useCanvas((state) => state.openMenu);
  const { x = 0, y = 0, width = 0, height = 0 } = menu?.anchor ?? {};
  return (
    <Popover.Root
      open={menu !== null}
      onOpenChange={(open) => {
        if (!open) openMenu(null);
      }}
    >
      <Popover.Anchor className="ma-add-menu-anchor" style={{ left: x, top: y, width, height }} />
      <Popover.Portal container={portalContainer()}>
        <Popover.Content
          className="ma-popover ma-add-menu"
          side="bottom"
          align="start"
          sideOffset={6}
          collisionPadding={12}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            const [id] = useEditor.getState().selection;
            // Who types on quickly has opened the next menu already: it keeps the focus.
            if (id !== undefined && !useCanvas.getState().menu) focusStep(id);
          }}
        >
          {menu && <Choices menu={menu} close={() => openMenu(null)} />}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices({ menu, close }: { menu: Menu; close: () => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const id = useId();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const document = useEditor((state) => state.document);
  const catalogue = useEditor((state) => state.catalogue);
  const sections = sectionsOf(document, catalogue, menu, chosen, query, {
    say,
    remove: t("menu_remove_way"),
    unnamed: t("unnamed"),
    nowLeadsTo: (to) => t("now_leads_to", { to }),
  }).filter((section) => section.options.length);
  const options = sections.flatMap((section) => section.options);
  const current = Math.min(active, options.length - 1);

  const choose = (option: Option) => {
    if (option.does === "outcome") {
      setChosen(option.outcome);
      setQuery("");
      setActive(0);
      return;
    }
    act(option, menu);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = (current + step + options.length) % Math.max(1, options.length);
      setActive(next);
      window.document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      const option = options[current];
      if (option) choose(option);
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="ma-add-menu-search">
        <Icon name="search" size={15} />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={options.length ? `${id}-${current}` : undefined}
          aria-label={t("menu_search")}
          placeholder={t("menu_search")}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className="ma-add-menu-list" role="listbox" id={id} aria-label={t("menu_add")} tabIndex={-1}>
        {sections.map((section) => (
          <div key={section.name ?? "none"} role="group" aria-label={section.name ? t(section.name) : undefined}>
            {section.name && <div className="ma-menu-head">{t(section.name)}</div>}
            {section.options.map((option) => {
              const index = options.indexOf(option);
              return (
                // Keys go to the search field above, which points here.
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events
                <div
                  key={index}
                  id={`${id}-${index}`}
                  className="ma-menu-item"
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === current}
                  data-highlighted={index === current ? "" : undefined}
                  onPointerMove={() => {
                    setActive(index);
                  }}
                  onClick={() => {
                    choose(option);
                  }}
                >
                  <OptionIcon option={option} />
                  <span className="ma-menu-words">
                    <span>{option.title}</span>
                    {option.about && <small>{option.about}</small>}
                  </span>
                </div>
              );
            })}
            {section.more > 0 && <p className="ma-menu-none">{t("menu_more", { n: section.more })}</p>}
          </div>
        ))}
      </div>
      {!options.length && <p className="ma-menu-none">{t("menu_none")}</p>}
    </>
  );
}

function OptionIcon({ option }: { option: Option }) {
  if (option.does === "add") return <KindIcon group={option.kind.group} icon={option.kind.icon} small />;
  if (option.does === "connect") return <Icon name={option.icon} size={16} />;
  return <Icon name={option.does === "disconnect" ? "close" : "arrow"} size={16} />;
}

/** The picture of a kind of step, in the colour of its group. */
export function KindIcon(props: { group: string; icon: string; small?: boolean }) {
  return (
    <span className={`ma-kind ma-kind-${props.group} ${props.small ? "ma-kind-small" : ""}`} aria-hidden>
      <Icon name={props.icon} size={props.small ? 15 : 18} />
    </span>
  );
}

function act(option: Exclude<Option, { does: "outcome" }>, menu: Menu): void {
  const editor = useEditor.getState();
  switch (option.does) {
    case "add": {
      if (menu.do === "add") focusStep(editor.addStep(option.kind.kind, menu.at));
      break;
    }
    case "connect":
      editor.connect(option.from, option.outcome, option.to);
      break;
    case "disconnect":
      editor.disconnect(option.from, option.outcome);
  }
}

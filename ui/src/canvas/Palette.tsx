import { useState } from "react";
import type { StepKind } from "../api/types";
import { useSaid, useTexts } from "../i18n/define";
import { placeAfter } from "../journey/operations";
import { useEditor } from "../journey/store";
import { IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { KindIcon } from "./AddMenu";
import { focusStep, useCanvas } from "./canvasStore";
import { kindsFor } from "./menu";
import { texts } from "./texts";

/** The type under which a dragged kind of step travels. */
export const STEP_DRAG = "application/x-airflow-ma-step";

/** The steps that can be added: the primary ones in front, the others under "more". */
export function Palette() {
  const t = useTexts(texts);
  const say = useSaid();
  const open = useCanvas((state) => state.paletteOpen);
  const catalogue = useEditor((state) => state.catalogue);
  const [query, setQuery] = useState("");
  const [more, setMore] = useState(false);
  if (!open) {
    return (
      <div className="ma-palette ma-palette-closed">
        <IconButton
          icon="plus"
          label={t("palette_show")}
          onClick={() => {
            useCanvas.setState({ paletteOpen: true });
          }}
        />
        <ul>
          {[...catalogue.values()]
            .filter((kind) => kind.primary)
            .map((kind) => (
              <Entry key={kind.kind} kind={kind} narrow />
            ))}
        </ul>
      </div>
    );
  }
  const found = kindsFor([...catalogue.values()], query, say);
  const front = query ? found : found.filter((kind) => kind.primary);
  const others = query ? [] : found.filter((kind) => !kind.primary);
  return (
    <aside className="ma-palette" aria-label={t("palette")}>
      <div className="ma-palette-head">
        <h2>{t("palette")}</h2>
        <IconButton
          small
          icon="back"
          label={t("palette_hide")}
          onClick={() => {
            useCanvas.setState({ paletteOpen: false });
          }}
        />
      </div>
      <div className="ma-palette-search">
        <Icon name="search" size={15} />
        <input
          type="search"
          aria-label={t("palette_search")}
          placeholder={t("palette_search")}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
          }}
        />
      </div>
      <ul>
        {front.map((kind) => (
          <Entry key={kind.kind} kind={kind} />
        ))}
      </ul>
      {query && !found.length && <p className="ma-palette-about">{t("palette_none")}</p>}
      {others.length > 0 && (
        <>
          <button
            type="button"
            className="ma-palette-more"
            aria-expanded={more}
            onClick={() => {
              setMore(!more);
            }}
          >
            <span className={more ? "ma-turned" : ""}>
              <Icon name="down" size={15} />
            </span>
            {t("palette_more")}
          </button>
          {more && (
            <ul>
              {others.map((kind) => (
                <Entry key={kind.kind} kind={kind} />
              ))}
            </ul>
          )}
        </>
      )}
      <p className="ma-palette-about">{t("palette_about")}</p>
    </aside>
  );
}

function Entry({ kind, narrow = false }: { kind: StepKind; narrow?: boolean }) {
  const say = useSaid();
  return (
    <li>
      <button
        type="button"
        className="ma-palette-item"
        draggable
        title={narrow ? say(kind.title) : say(kind.about)}
        aria-label={say(kind.title)}
        onDragStart={(event) => {
          event.dataTransfer.setData(STEP_DRAG, kind.kind);
          event.dataTransfer.effectAllowed = "copy";
        }}
        onClick={() => {
          addFromPalette(kind);
        }}
      >
        <KindIcon group={kind.group} icon={kind.icon} small />
        {!narrow && <span>{say(kind.title)}</span>}
      </button>
    </li>
  );
}

/** Adds behind the selected step; where nothing can be behind it, on its own. */
export function addFromPalette(kind: StepKind): void {
  const { document, catalogue, selection, addStep } = useEditor.getState();
  const last = selection.at(-1) ?? (document.steps.length === 1 ? document.steps[0]?.id : undefined);
  const behind = kind.is_entry || last === undefined ? null : placeAfter(document, catalogue, last);
  const within = behind !== null && "edge" in behind;
  focusStep(addStep(kind.kind, behind && !(within && kind.is_end) ? behind : { position: null }));
}

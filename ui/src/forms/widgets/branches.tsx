import { useState } from "react";
import type { Json } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { Button, IconButton } from "../../shell/Button";
import { Icon } from "../../shell/Icon";
import { NEW_ROW } from "../condition/rows";
import { writeCondition } from "../condition";
import { useSayContext } from "../known";
import { useOtherOutcomes } from "../otherOutcomes";
import { sayCondition } from "../sayCondition";
import { isEmpty } from "../values";
import { WayName } from "../WayName";
import { freeName, moved, renamed, replaced, valueOfWays, waysOf, type Ways } from "../ways";
import type { Widget, WidgetProps } from "../widget";
import { ConditionEditor } from "./condition";
import { texts } from "./texts";

function BranchesInput({ field, value, onChange, readOnly, step }: WidgetProps) {
  const t = useTexts(texts);
  const ways = waysOf(value);
  const elsewhere = useOtherOutcomes(step, field.name);
  const [open, setOpen] = useState<number | null>(ways.length === 1 ? 0 : null);
  const [dragged, setDragged] = useState<number | null>(null);
  const names = ways.map(([name]) => name);
  const put = (next: Ways) => {
    onChange(next.length ? valueOfWays(next) : undefined);
  };
  const move = (from: number, to: number) => {
    put(moved(ways, from, to));
    setOpen(open === from ? to : null);
  };
  return (
    <div className="ma-branches">
      {ways.length > 1 && <span className="ma-field-help">{t("branches_hint")}</span>}
      {ways.map(([name, where], place) => (
        <WayCard
          key={place}
          name={name}
          place={place}
          last={place === ways.length - 1}
          where={where}
          open={open === place}
          readOnly={readOnly}
          others={[...names.filter((one) => one !== name), ...elsewhere]}
          onOpen={() => {
            setOpen(open === place ? null : place);
          }}
          onName={(next) => {
            put(renamed(ways, place, next));
          }}
          onWhere={(next) => {
            put(replaced(ways, place, next));
          }}
          onMove={(by) => {
            move(place, place + by);
          }}
          onRemove={() => {
            put(ways.filter((_, index) => index !== place));
            setOpen(null);
          }}
          onDrag={setDragged}
          onDrop={() => {
            if (dragged !== null && dragged !== place) move(dragged, place);
            setDragged(null);
          }}
        />
      ))}
      {!readOnly && (
        <Button
          small
          icon="plus"
          onClick={() => {
            const name = freeName((n) => t("way", { n }), [...names, ...elsewhere]);
            put([...ways, [name, writeCondition(NEW_ROW)]]);
            setOpen(ways.length);
          }}
        >
          {t("way_add")}
        </Button>
      )}
    </div>
  );
}

function WayCard(props: {
  name: string;
  place: number;
  last: boolean;
  where: Json;
  open: boolean;
  readOnly: boolean;
  others: readonly string[];
  onOpen: () => void;
  onName: (name: string) => void;
  onWhere: (where: Json) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
  onDrag: (place: number | null) => void;
  onDrop: () => void;
}) {
  const t = useTexts(texts);
  const context = useSayContext();
  const [grabbed, setGrabbed] = useState(false);
  const { name, place, readOnly } = props;
  return (
    // Dragging is the mouse's way of the two arrow buttons.
    <div
      className="ma-branch"
      draggable={grabbed}
      onDragStart={() => {
        props.onDrag(place);
      }}
      onDragEnd={() => {
        setGrabbed(false);
        props.onDrag(null);
      }}
      onDragOver={(event) => {
        event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        props.onDrop();
      }}
    >
      <div className="ma-branch-head">
        {!readOnly && (
          <span
            className="ma-branch-handle"
            title={t("way_drag")}
            onPointerDown={() => {
              setGrabbed(true);
            }}
            onPointerUp={() => {
              setGrabbed(false);
            }}
          >
            <Icon name="drag" size={16} />
          </span>
        )}
        <WayName
          label={t("way_name", { n: place + 1 })}
          name={name}
          others={props.others}
          readOnly={readOnly}
          onChange={props.onName}
        />
        {!readOnly && (
          <>
            <IconButton
              small
              icon="down"
              className="ma-branch-up"
              label={t("way_up", { name })}
              disabled={place === 0}
              onClick={() => {
                props.onMove(-1);
              }}
            />
            <IconButton
              small
              icon="down"
              label={t("way_down", { name })}
              disabled={props.last}
              onClick={() => {
                props.onMove(1);
              }}
            />
            <IconButton small icon="trash" label={t("remove_named", { name })} onClick={props.onRemove} />
          </>
        )}
      </div>
      {props.open ? (
        <div className="ma-branch-body">
          <ConditionEditor
            value={props.where}
            readOnly={readOnly}
            onChange={(next) => {
              props.onWhere(next ?? null);
            }}
          />
          <Button small look="quiet" onClick={props.onOpen}>
            {t("way_done")}
          </Button>
        </div>
      ) : (
        <button type="button" className="ma-branch-summary" aria-label={t("way_edit", { name })} onClick={props.onOpen}>
          <span>{isEmpty(props.where) ? t("way_no_condition") : sayCondition(props.where, context)}</span>
          <Icon name="pencil" size={14} />
        </button>
      )}
    </div>
  );
}

export const branches: Widget = { Input: BranchesInput, group: true };

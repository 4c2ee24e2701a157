// Conditions that belong together: all, any or none of them has to hold; groups may stand within groups.
import { useTexts } from "../../i18n/define";
import { Button, IconButton } from "../../shell/Button";
import { useSayContext } from "../known";
import { sayNode } from "../sayCondition";
import type { Group, Joint, Kept, Node } from "../condition";
import { RowEditor } from "./RowEditor";
import { NEW_ROW } from "./rows";
import { texts } from "./texts";

const DEEPEST = 3;
const JOINTS: Joint[] = ["all", "any", "none", "not_all"];

interface GroupProps {
  group: Group;
  readOnly: boolean;
  onChange: (group: Group) => void;
  /** 1: the whole condition. */
  level: number;
}

export function GroupEditor(props: GroupProps & { onRemove?: () => void }) {
  const t = useTexts(texts);
  const { group, readOnly, level } = props;
  const put = (parts: Node[]) => {
    props.onChange({ ...group, parts });
  };
  const plain = group.parts.length < 2 && level === 1 && (group.joint === "all" || group.joint === "any");
  const between = group.joint === "all" || group.joint === "not_all" ? t("between_all") : t("between_any");
  return (
    <div className={`ma-group ${level > 1 ? "ma-group-inner" : ""}`} role="group" aria-label={t("joint")}>
      {!plain && (
        <div className="ma-group-head">
          <select
            className="ma-input ma-cond-choice"
            aria-label={t("joint")}
            disabled={readOnly}
            value={group.joint}
            onChange={(event) => {
              props.onChange({ ...group, joint: event.currentTarget.value as Joint });
            }}
          >
            {JOINTS.map((joint) => (
              <option key={joint} value={joint}>
                {t(joint)}
              </option>
            ))}
          </select>
          {props.onRemove && !readOnly && (
            <IconButton small icon="close" label={t("remove_group")} onClick={props.onRemove} />
          )}
        </div>
      )}
      {group.parts.map((part, place) => (
        <div key={place}>
          {place > 0 && <div className="ma-group-between">{between}</div>}
          <PartEditor
            part={part}
            readOnly={readOnly}
            level={level}
            onChange={(next) => {
              put(group.parts.map((one, index) => (index === place ? next : one)));
            }}
            onRemove={() => {
              const left = group.parts.filter((_, index) => index !== place);
              if (!left.length && props.onRemove) props.onRemove();
              else put(left);
            }}
          />
        </div>
      ))}
      {!readOnly && (
        <div className="ma-group-add">
          <Button
            small
            icon="plus"
            onClick={() => {
              put([...group.parts, NEW_ROW]);
            }}
          >
            {t("add")}
          </Button>
          {level < DEEPEST && group.parts.length > 0 && (
            <Button
              small
              look="quiet"
              icon="plus"
              onClick={() => {
                const joint = group.joint === "any" ? "all" : "any";
                put([...group.parts, { type: "group", joint, parts: [NEW_ROW] }]);
              }}
            >
              {t("add_group")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function PartEditor(props: {
  part: Node;
  readOnly: boolean;
  level: number;
  onChange: (part: Node) => void;
  onRemove: () => void;
}) {
  const { part, level } = props;
  if (part.type === "kept" || (part.type === "group" && level >= DEEPEST)) return <KeptPart {...props} part={part} />;
  if (part.type !== "group") return <RowEditor {...props} row={part} />;
  return <GroupEditor {...props} group={part} level={level + 1} />;
}

function KeptPart(props: { part: Kept | Group; readOnly: boolean; onRemove: () => void }) {
  const t = useTexts(texts);
  const context = useSayContext();
  const { part } = props;
  return (
    <div className="ma-cond ma-cond-kept">
      <div>
        <span className="ma-field-help">{t(part.type === "kept" ? "kept" : "deep")}</span>
        <div>{part.type === "kept" ? <code>{JSON.stringify(part.json)}</code> : sayNode(part, context)}</div>
      </div>
      {!props.readOnly && <IconButton small icon="close" label={t("remove")} onClick={props.onRemove} />}
    </div>
  );
}

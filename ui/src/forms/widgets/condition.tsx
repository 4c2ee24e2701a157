import { useState } from "react";
import type { Json } from "../../api/types";
import { useTexts } from "../../i18n/define";
import { Button } from "../../shell/Button";
import { Dialog } from "../../shell/Dialog";
import { Audience } from "../condition/Audience";
import { GroupEditor } from "../condition/GroupEditor";
import { texts } from "../condition/texts";
import { readRoot, writeRoot } from "../condition";
import type { Widget, WidgetProps } from "../widget";

/** The rows of one condition and how many people it means. */
export function ConditionEditor(props: {
  value: Json;
  readOnly: boolean;
  /** Said where there is no condition. */
  empty?: string;
  onChange: (value: Json | undefined) => void;
}) {
  const t = useTexts(texts);
  const [wide, setWide] = useState(false);
  const root = readRoot(props.value);
  const rows = (
    <>
      {!root.parts.length && props.empty && <p className="ma-condition-empty">{props.empty}</p>}
      <GroupEditor
        group={root}
        level={1}
        readOnly={props.readOnly}
        onChange={(group) => {
          props.onChange(writeRoot(group) ?? undefined);
        }}
      />
      {(root.parts.length > 0 || props.empty) && <Audience where={props.value} />}
    </>
  );
  const close = () => {
    setWide(false);
  };
  return (
    <div className="ma-condition">
      {root.parts.length > 1 && (
        <Button
          small
          look="quiet"
          icon="fit"
          className="ma-condition-wide"
          onClick={() => {
            setWide(true);
          }}
        >
          {t("widen")}
        </Button>
      )}
      {!wide && rows}
      <Dialog title={t("widened")} open={wide} wide onClose={close}>
        <div className="ma-condition">{rows}</div>
        <div className="ma-dialog-actions">
          <Button look="primary" onClick={close}>
            {t("done")}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}

function ConditionInput({ field, value, onChange, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const empty = field.required ? {} : { empty: t("everybody") };
  return <ConditionEditor value={value} readOnly={readOnly} onChange={onChange} {...empty} />;
}

export const condition: Widget = { Input: ConditionInput, group: true };

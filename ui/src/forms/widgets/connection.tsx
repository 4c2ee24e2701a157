import { useTexts } from "../../i18n/define";
import { useKnown, useMayAsk } from "../known";
import { tied, type Widget, type WidgetProps } from "../widget";
import { text } from "./text";
import { showText } from "./text";
import { texts } from "./texts";

function ConnectionInput(props: WidgetProps) {
  const { value, onChange, ids, readOnly } = props;
  const t = useTexts(texts);
  const { data, error } = useKnown("connections");
  const may = useMayAsk();
  // Who may not see the connections can still name one.
  if (!may || (error && !data)) return <text.Input {...props} />;
  const now = showText(value);
  const known = data?.some((one) => one.conn_id === now);
  return (
    <select
      className="ma-input"
      {...tied(ids)}
      disabled={readOnly}
      value={now}
      onChange={(event) => {
        onChange(event.currentTarget.value || undefined);
      }}
    >
      <option value="">{t("usual_connection")}</option>
      {now && !known && <option value={now}>{data ? t("connection_gone", { name: now }) : now}</option>}
      {data?.map((one) => (
        <option key={one.conn_id} value={one.conn_id}>
          {`${one.conn_id} (${one.type})`}
        </option>
      ))}
    </select>
  );
}

export const connection: Widget = { Input: ConnectionInput };

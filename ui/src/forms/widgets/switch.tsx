import { Switch as Radix } from "radix-ui";
import { tied, type Widget, type WidgetProps } from "../widget";

function SwitchInput({ value, onChange, ids, readOnly }: WidgetProps) {
  return (
    <Radix.Root className="ma-switch" {...tied(ids)} checked={value === true} disabled={readOnly} onCheckedChange={onChange}>
      <Radix.Thumb className="ma-switch-thumb" />
    </Radix.Root>
  );
}

export const onOff: Widget = { Input: SwitchInput, beside: true };

import { useState } from "react";
import type { Json, KnownAttribute } from "../../api/types";
import { useSaid, useTexts } from "../../i18n/define";
import { same } from "../../journey/operations";
import { Button, IconButton } from "../../shell/Button";
import { Combo } from "../Combo";
import { useKnown } from "../known";
import { isObject } from "../values";
import type { Widget, WidgetProps } from "../widget";
import { NumberBox } from "./number";
import { showText } from "./text";
import { texts } from "./texts";

export interface Pair {
  name: string;
  value: Json;
}

type Kind = "text" | "number" | "flag" | "empty";

/** Pairs without a name, and later ones of the same name, are not part of the value yet. */
export function valueOfPairs(pairs: readonly Pair[]): Json | undefined {
  const named = pairs.filter((pair, place) => pair.name && pairs.findIndex((one) => one.name === pair.name) === place);
  return named.length ? Object.fromEntries(named.map((pair) => [pair.name, pair.value])) : undefined;
}

export function kindOf(value: Json): Kind {
  if (value === null) return "empty";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "flag" : "text";
}

/** The value as one of another kind: "3" and 3 become each other, what has no equal starts anew. */
export function asKind(value: Json, kind: Kind): Json {
  if (kind === "empty") return null;
  if (kind === "flag") return value === true || value === "true";
  if (kind === "number") return Number(value) || 0;
  return value === null || typeof value === "boolean" ? "" : showText(value);
}

function ValuesInput({ field, value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const attributes = useKnown("vocabulary").data?.attributes ?? [];
  const [rows, setRows] = useState<{ pairs: Pair[]; of: Json } | null>(null);
  const stored = Object.entries(isObject(value) ? value : {}).map(([name, one]) => ({ name, value: one }));
  const pairs = rows && same(rows.of, value) ? rows.pairs : stored;
  const put = (next: Pair[]) => {
    const json = valueOfPairs(next);
    setRows({ pairs: next, of: json ?? field.default });
    onChange(json);
  };
  return (
    <div className="ma-pairs">
      {pairs.map((pair, place) => (
        <PairRow
          key={place}
          id={`${ids.id}-${String(place)}`}
          pair={pair}
          attributes={attributes}
          readOnly={readOnly}
          twice={pairs.findIndex((one) => one.name === pair.name) !== place}
          onChange={(next) => {
            put(pairs.map((one, index) => (index === place ? next : one)));
          }}
          onRemove={() => {
            put(pairs.filter((_, index) => index !== place));
          }}
        />
      ))}
      {!readOnly && (
        <Button
          small
          icon="plus"
          onClick={() => {
            setRows({ pairs: [...pairs, { name: "", value: "" }], of: value });
          }}
        >
          {t("add_value")}
        </Button>
      )}
    </div>
  );
}

function PairRow(props: {
  id: string;
  pair: Pair;
  attributes: readonly KnownAttribute[];
  readOnly: boolean;
  twice: boolean;
  onChange: (pair: Pair) => void;
  onRemove: () => void;
}) {
  const t = useTexts(texts);
  const say = useSaid();
  const { pair, attributes, readOnly } = props;
  const kind = kindOf(pair.value);
  const known = attributes.find((one) => one.name === pair.name);
  return (
    <div className="ma-pair">
      <Combo
        id={`${props.id}-name`}
        labelId={`${props.id}-name-label`}
        label={t("value_name")}
        placeholder={t("value_name")}
        free
        autoFocus={!pair.name}
        readOnly={readOnly}
        value={pair.name}
        options={attributes.map((one) => ({ value: one.name, label: say(one.title) }))}
        onChange={(name) => {
          const type = attributes.find((one) => one.name === name)?.type;
          const value = type && pair.value !== null ? asKind(pair.value, type) : pair.value;
          props.onChange({ name, value });
        }}
      />
      <span className="ma-pair-word">{t("value_becomes")}</span>
      <ValueOfKind {...props} kind={kind} known={known} />
      <select
        className="ma-input ma-pair-kind"
        aria-label={t("value_type")}
        disabled={readOnly}
        value={kind}
        onChange={(event) => {
          props.onChange({ ...pair, value: asKind(pair.value, event.currentTarget.value as Kind) });
        }}
      >
        <option value="text">{t("type_text")}</option>
        <option value="number">{t("type_number")}</option>
        <option value="flag">{t("type_flag")}</option>
        <option value="empty">{t("type_empty")}</option>
      </select>
      {!readOnly && (
        <IconButton
          small
          icon="close"
          className="ma-pair-remove"
          label={t("remove_named", { name: pair.name })}
          onClick={props.onRemove}
        />
      )}
      {props.twice && pair.name && <span className="ma-field-problem">{t("value_twice")}</span>}
    </div>
  );
}

function ValueOfKind(props: {
  id: string;
  pair: Pair;
  kind: Kind;
  known: KnownAttribute | undefined;
  readOnly: boolean;
  onChange: (pair: Pair) => void;
}) {
  const t = useTexts(texts);
  const { pair, kind, readOnly } = props;
  const put = (value: Json) => {
    props.onChange({ ...pair, value });
  };
  if (kind === "empty") return null;
  if (kind === "number") {
    return (
      <NumberBox
        label={t("value")}
        value={pair.value}
        empty={0}
        readOnly={readOnly}
        onChange={(value) => {
          if (value === undefined || typeof value === "number") put(value ?? 0);
        }}
      />
    );
  }
  if (kind === "flag") {
    return (
      <select
        className="ma-input ma-pair-flag"
        aria-label={t("value")}
        disabled={readOnly}
        value={String(pair.value)}
        onChange={(event) => {
          put(event.currentTarget.value === "true");
        }}
      >
        <option value="true">{t("on")}</option>
        <option value="false">{t("off")}</option>
      </select>
    );
  }
  return (
    <Combo
      id={`${props.id}-value`}
      labelId={`${props.id}-value-label`}
      label={t("value")}
      placeholder={t("value")}
      live
      free
      readOnly={readOnly}
      value={showText(pair.value)}
      options={(props.known?.values ?? []).map((one) => ({ value: String(one), label: String(one) }))}
      onChange={put}
    />
  );
}

export const values: Widget = { Input: ValuesInput, group: true };

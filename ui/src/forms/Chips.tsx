// Several words as chips, with suggestions for the next one.
import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { Combo } from "./Combo";
import type { Option } from "./options";
import { texts } from "./widgets/texts";

export function Chips(props: {
  id: string;
  labelId: string;
  label?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  readOnly: boolean;
  words: readonly string[];
  suggestions: readonly Option[];
  onChange: (words: string[]) => void;
}) {
  const t = useTexts(texts);
  const { words } = props;
  const label = (word: string) => props.suggestions.find((one) => one.value === word)?.label ?? word;
  const without = (place: number) => {
    props.onChange(words.filter((_, index) => index !== place));
  };
  return (
    <div className="ma-chips">
      {words.map((word, place) => (
        <span key={word} className="ma-chip">
          {label(word)}
          {!props.readOnly && (
            <button
              type="button"
              aria-label={t("remove_named", { name: label(word) })}
              onClick={() => {
                without(place);
              }}
            >
              <Icon name="close" size={12} />
            </button>
          )}
        </span>
      ))}
      {!props.readOnly && (
        <Combo
          id={props.id}
          labelId={props.labelId}
          {...(props.label ? { label: props.label } : {})}
          describedBy={props.describedBy}
          invalid={props.invalid ?? false}
          readOnly={false}
          adding
          free
          value=""
          placeholder={words.length ? "" : t("add_word")}
          options={props.suggestions.filter((one) => !words.includes(one.value))}
          onChange={(word) => {
            if (word && !words.includes(word)) props.onChange([...words, word]);
          }}
          onBackspace={() => {
            if (words.length) without(words.length - 1);
          }}
        />
      )}
    </div>
  );
}

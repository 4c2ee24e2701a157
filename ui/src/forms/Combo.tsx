// An input with suggestions below it. Own words may be allowed beside them.
import { useCombobox } from "downshift";
import { Popover } from "radix-ui";
import { useRef, useState, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { useTexts } from "../i18n/define";
import { Icon } from "../shell/Icon";
import { portalContainer } from "../shell/portal";
import { fitting, type Option } from "./options";
import { texts } from "./texts";

interface ComboProps {
  id: string;
  labelId: string;
  /** The input's name where no label is to be seen. */
  label?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  readOnly: boolean;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  placeholder?: string;
  /** May be something that is not suggested. */
  free?: boolean;
  /** Said beside own words where they name something that is not there yet; then they are taken only on purpose. */
  ownHint?: string;
  /** Every letter counts at once (value and label are the same then). */
  live?: boolean;
  /** Empties the input after a choice, to choose the next. */
  adding?: boolean;
  /** What was typed, for suggestions that are looked up. */
  onSearch?: (text: string) => void;
  onBackspace?: () => void;
  autoFocus?: boolean;
  className?: string;
}

export function Combo(props: ComboProps) {
  const t = useTexts(texts);
  const [typed, setTyped] = useState<string | null>(null);
  const chosen = props.options.find((one) => one.value === props.value);
  const text = typed ?? (props.adding ? "" : (chosen?.label ?? props.value));

  const found = props.onSearch ? [...props.options] : fitting(props.options, typed ?? "");
  const wanted = typed?.trim() ?? "";
  const own = props.free && !props.live && wanted && !found.some((one) => one.value === wanted || one.label === wanted);
  const items: Option[] = own ? [...found, { value: wanted, label: t("use_own", { text: wanted }), ...(props.ownHint ? { hint: props.ownHint } : {}) }] : found;

  const choose = (value: string) => {
    setTyped(null);
    props.onSearch?.("");
    props.onChange(value);
  };
  const leave = () => {
    if (typed === null) return;
    const exact = props.options.find((one) => one.label === wanted || one.value === wanted);
    if (exact) choose(exact.value);
    else if (props.free && (wanted || !props.adding) && !(own && props.ownHint && found.length)) choose(wanted);
    else {
      if (!wanted && !props.adding) choose("");
      setTyped(null);
    }
  };

  // The first arrow after typing shows that the best match is meant; the next ones go on from there.
  const pointed = useRef(false);
  const combo = useCombobox<Option>({
    items,
    inputId: props.id,
    labelId: props.labelId,
    inputValue: text,
    selectedItem: null,
    itemToString: (item) => item?.label ?? "",
    defaultHighlightedIndex: props.live || (props.free && props.adding) ? -1 : 0,
    stateReducer: (state, { type, changes }) => {
      // Opened to look, Enter must not change anything: what is chosen is highlighted, if it is there.
      if (!state.isOpen && changes.isOpen && type !== useCombobox.stateChangeTypes.InputChange) {
        return { ...changes, highlightedIndex: items.findIndex((one) => one.value === props.value) };
      }
      if (type === useCombobox.stateChangeTypes.InputChange) {
        pointed.current = false;
        // An emptied field means nothing: Enter must not take the first of all.
        return changes.inputValue ? changes : { ...changes, highlightedIndex: -1 };
      }
      if (type === useCombobox.stateChangeTypes.InputKeyDownArrowDown && typed && !pointed.current) {
        pointed.current = true;
        return { ...changes, highlightedIndex: 0 };
      }
      if (type !== useCombobox.stateChangeTypes.InputBlur) return changes;
      return { ...changes, selectedItem: null, inputValue: state.inputValue };
    },
    onSelectedItemChange: ({ selectedItem }) => {
      if (selectedItem) choose(selectedItem.value);
    },
  });
  const open = combo.isOpen && items.length > 0 && !props.readOnly;

  return (
    <Popover.Root open={open}>
      <Popover.Anchor asChild>
        <div className={`ma-combo ${props.className ?? ""}`}>
          <input
            {...combo.getInputProps({
              className: "ma-input",
              disabled: props.readOnly,
              placeholder: props.placeholder,
              autoFocus: props.autoFocus,
              "aria-describedby": props.describedBy,
              "aria-invalid": props.invalid || undefined,
              ...(props.label ? { "aria-label": props.label } : {}),
              onChange: (event) => {
                const now = event.currentTarget.value;
                setTyped(now);
                props.onSearch?.(now);
                if (props.live) props.onChange(now);
              },
              onFocus: (event) => {
                // Typing replaces what was chosen; own words are gone on with.
                if (!props.free) event.currentTarget.select();
              },
              onBlur: () => {
                if (props.live) setTyped(null);
                else leave();
              },
              onKeyDown: (event) => {
                if (event.nativeEvent.isComposing) return;
                if (event.key === "Escape") {
                  // The list first; the next one leaves the field, with what was chosen before.
                  if (open) event.stopPropagation();
                  else {
                    Object.assign(event.nativeEvent, { preventDownshiftDefault: true });
                    // At once: the field is about to be left, which would take what was typed.
                    flushSync(() => {
                      setTyped(null);
                    });
                  }
                }
                if (event.key === "Backspace" && text === "") props.onBackspace?.();
                const adds = event.key === "Enter" || event.key === "," || event.key === "、";
                if (props.free && !props.live && adds && wanted && combo.highlightedIndex < 0) {
                  event.preventDefault();
                  choose(wanted);
                }
              },
            })}
          />
          {!props.adding && <Icon name="down" size={14} />}
        </div>
      </Popover.Anchor>
      <Popover.Portal container={portalContainer()}>
        <Popover.Content
          className="ma-popover ma-combo-menu"
          role="presentation"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
          }}
        >
          <ul {...combo.getMenuProps({}, { suppressRefError: true })} className="ma-combo-list">
            {items.map((item, index) => (
              <ComboItem
                key={`${item.group ?? ""} ${item.value}`}
                item={item}
                heading={item.group && item.group !== items[index - 1]?.group ? item.group : null}
                current={item.value === props.value && item.value !== ""}
                row={combo.getItemProps({ item, index })}
                highlighted={combo.highlightedIndex === index}
                own={Boolean(own) && index > 0 && index === items.length - 1}
              />
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function ComboItem(props: {
  item: Option;
  heading: string | null;
  row: object;
  highlighted: boolean;
  current: boolean;
  /** The words that were typed, below what is there. */
  own: boolean;
}): ReactNode {
  const { item } = props;
  return (
    <>
      {props.heading && (
        <li className="ma-combo-heading" role="presentation">
          {props.heading}
        </li>
      )}
      <li {...props.row} className={`ma-menu-item ${props.own ? "ma-combo-own" : ""}`} data-highlighted={props.highlighted ? "" : undefined} data-current={props.current ? "" : undefined}>
        <span className="ma-combo-label">
          {item.label}
          {item.hint && <small>{item.hint}</small>}
          {item.badges?.map((badge) => (
            <span key={badge} className="ma-badge">
              {badge}
            </span>
          ))}
        </span>
        {props.current && <Icon name="check" size={15} />}
      </li>
    </>
  );
}

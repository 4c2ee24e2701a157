import { useEffect, useState } from "react";
import { Icon } from "./Icon";
import "./pages.css";

const REST_MS = 300;

/** A search field that tells what is looked for once the typing rests, or at once with Enter. */
export function SearchBox(props: { label: string; value: string; onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(props.value);
  const { value, onSearch } = props;

  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => {
      onSearch(typed.trim());
    }, REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, value, onSearch]);

  return (
    <form
      className="ma-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed.trim());
      }}
    >
      <Icon name="search" size={16} />
      <input
        type="search"
        className="ma-input"
        aria-label={props.label}
        placeholder={props.label}
        maxLength={200}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
      />
    </form>
  );
}

// Controls within a sentence, in the order in which the language says them.
import { Fragment, type ReactNode } from "react";

/** "{value}回以上": the text with its {placeholders} being controls. */
export function Arranged(props: { text: string; parts: Record<string, ReactNode> }) {
  return (
    <>
      {props.text.split(/\{(\w+)\}/).map((piece, place) => {
        if (place % 2) return <Fragment key={piece}>{props.parts[piece]}</Fragment>;
        const word = piece.trim();
        return word ? (
          <span key={`${String(place)} word`} className="ma-cond-word">
            {word}
          </span>
        ) : null;
      })}
    </>
  );
}

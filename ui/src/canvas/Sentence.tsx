import type { Part } from "../forms/sentence";

/** What a step does, with its values set off, and what is missing marked. */
export function Sentence({ parts }: { parts: readonly Part[] }) {
  return parts.map((part, index) =>
    part.strong || part.missing ? (
      <b key={index} className={part.missing ? "ma-missing" : undefined}>
        {part.text}
      </b>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}

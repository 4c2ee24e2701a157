import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { CodeEditor, type Lines, type Mark } from "./codemirror";

export interface EditorHandle {
  goTo: (line: number) => void;
}

interface Props {
  language: "yaml" | "python";
  label: string;
  text: string;
  readOnly: boolean;
  marks?: Mark[];
  block?: Lines | null;
  /** Scrolls to the block when this changes. */
  scrollKey?: string | null;
  onType?: (text: string) => void;
  onFocus?: (focused: boolean) => void;
  ref?: Ref<EditorHandle>;
}

const NO_MARKS: Mark[] = [];

/** The editor in React: made when it is first shown, told what changes. */
export function Editor({ language, label, text, readOnly, marks = NO_MARKS, block = null, scrollKey, ...rest }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const told = useRef(rest);
  useEffect(() => {
    told.current = rest;
  });

  useEffect(() => {
    if (!place.current) return;
    const made = new CodeEditor(place.current, {
      language,
      label,
      onType: (typed) => told.current.onType?.(typed),
      onFocus: (focused) => told.current.onFocus?.(focused),
    });
    editor.current = made;
    return () => {
      editor.current = null;
      made.destroy();
    };
  }, [language, label]);

  // The same dependencies first: a new editor is told everything.
  useEffect(() => editor.current?.setText(text), [language, label, text]);
  useEffect(() => editor.current?.setReadOnly(readOnly), [language, label, readOnly]);
  useEffect(() => editor.current?.setMarks(marks), [language, label, marks, text]);
  useEffect(() => editor.current?.setBlock(block), [language, label, block, text]);
  const first = block?.first;
  useEffect(() => {
    if (first !== undefined && scrollKey) editor.current?.scrollTo(first);
    // Only another step scrolls, not typing above it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [language, label, scrollKey, first === undefined]);

  useImperativeHandle(rest.ref, () => ({ goTo: (line) => editor.current?.goTo(line) }), []);
  return <div className="ma-code-editor" ref={place} />;
}

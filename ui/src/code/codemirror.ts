// A CodeMirror editor of ours: highlighting in our colours, marks at lines, one highlighted block.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { yamlLanguage } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  LanguageSupport,
  syntaxHighlighting,
} from "@codemirror/language";
import { Annotation, Compartment, EditorState, Prec, RangeSet, StateEffect, StateField, Transaction } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  gutter,
  GutterMarker,
  highlightActiveLine,
  keymap,
  lineNumbers,
  type DecorationSet,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface Mark {
  line: number;
  severity: "error" | "warning";
  text: string;
}

export interface Lines {
  first: number;
  last: number;
}

export interface EditorOptions {
  language: "yaml" | "python";
  label: string;
  onType: (text: string) => void;
  onFocus: (focused: boolean) => void;
}

const fromOutside = Annotation.define<boolean>();
const setMarks = StateEffect.define<Mark[]>();
const setBlock = StateEffect.define<Lines | null>();

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--ma-code-name)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ma-code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--ma-code-value)" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.moduleKeyword], color: "var(--ma-code-word)" },
  { tag: [tags.function(tags.variableName), tags.className], color: "var(--ma-code-name)" },
  { tag: tags.comment, color: "var(--ma-text-subtle)", fontStyle: "italic" },
  { tag: tags.invalid, color: "var(--ma-danger)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ma-text)", backgroundColor: "var(--ma-panel)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--ma-code-font)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ma-text)", padding: "8px 0" },
  ".cm-content:focus-visible": { boxShadow: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ma-text)" },
  ".cm-gutters": { backgroundColor: "var(--ma-bg-subtle)", color: "var(--ma-text-subtle)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 4px", minWidth: "28px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--ma-code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--ma-code-selection)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--ma-code-selection)", outline: "none" },
});

class ProblemMarker extends GutterMarker {
  constructor(
    readonly severity: Mark["severity"],
    readonly text: string,
  ) {
    super();
  }
  override eq(other: ProblemMarker): boolean {
    return other.severity === this.severity && other.text === this.text;
  }
  override toDOM(): Node {
    const dot = document.createElement("span");
    dot.className = `ma-code-mark ma-code-mark-${this.severity}`;
    dot.textContent = this.severity === "error" ? "!" : "?";
    dot.title = this.text;
    return dot;
  }
}

/** One marker a line: all its texts, the worse severity. */
function markers(state: EditorState, marks: Mark[]): RangeSet<GutterMarker> {
  const byLine = new Map<number, Mark>();
  for (const mark of marks) {
    const line = Math.min(Math.max(mark.line, 1), state.doc.lines);
    const there = byLine.get(line);
    const severity = there?.severity === "error" ? "error" : mark.severity;
    byLine.set(line, { line, severity, text: there ? `${there.text}\n${mark.text}` : mark.text });
  }
  const ranges = [...byLine.values()].map((mark) =>
    new ProblemMarker(mark.severity, mark.text).range(state.doc.line(mark.line).from),
  );
  return RangeSet.of(ranges, true);
}

const markField = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) return markers(transaction.state, effect.value);
    }
    return value.map(transaction.changes);
  },
});

const blockLine = Decoration.line({ class: "ma-code-block" });

const blockField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setBlock)) continue;
      if (!effect.value) return Decoration.none;
      const { doc } = transaction.state;
      const ranges = [];
      for (let line = effect.value.first; line <= Math.min(effect.value.last, doc.lines); line++) {
        ranges.push(blockLine.range(doc.line(line).from));
      }
      return Decoration.set(ranges);
    }
    return value.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const NOT_EDITABLE = [EditorState.readOnly.of(true), EditorView.editable.of(false)];

const PARSERS = { yaml: yamlLanguage, python: pythonLanguage };

/** What differs between two texts: from where to where the first is replaced by what. */
export function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let same = 0;
  while (same < shorter - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}

export class CodeEditor {
  private readonly view: EditorView;
  private readonly mode = new Compartment();

  constructor(parent: HTMLElement, options: EditorOptions) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          gutter({ class: "ma-code-gutter", markers: (view) => view.state.field(markField) }),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          indentUnit.of(options.language === "yaml" ? "  " : "    "),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          // Tab indents; Escape first lets it lead out of the editor again (CodeMirror's own way).
          Prec.low(keymap.of([indentWithTab])),
          new LanguageSupport(PARSERS[options.language]),
          syntaxHighlighting(colours),
          look,
          markField,
          blockField,
          // Long texts of a mail are read in YAML; broken lines of code are not.
          options.language === "yaml" ? EditorView.lineWrapping : [],
          this.mode.of([]),
          // Reached with the Tab key even when not editable: a reader without a mouse scrolls and copies, too.
          EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.focusChanged) options.onFocus(update.view.hasFocus);
            const typed = update.transactions.some((one) => one.docChanged && !one.annotation(fromOutside));
            if (typed) options.onType(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  /** Replaces only what differs, so that the cursor and the scrolled place stay. */
  setText(text: string): void {
    const before = this.view.state.doc.toString();
    if (before === text) return;
    this.view.dispatch({
      changes: difference(before, text),
      annotations: [fromOutside.of(true), Transaction.addToHistory.of(false)],
    });
  }

  setReadOnly(readOnly: boolean): void {
    this.view.dispatch({
      effects: this.mode.reconfigure(readOnly ? NOT_EDITABLE : []),
    });
  }

  setMarks(marks: Mark[]): void {
    this.view.dispatch({ effects: setMarks.of(marks) });
  }

  setBlock(block: Lines | null): void {
    this.view.dispatch({ effects: setBlock.of(block) });
  }

  scrollTo(line: number): void {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines)).from;
    this.view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "start", yMargin: 24 }) });
  }

  /** Puts the cursor at a line. */
  goTo(line: number): void {
    const { doc } = this.view.state;
    const there = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.view.dispatch({ selection: { anchor: there.from + there.text.search(/\S|$/) }, scrollIntoView: true });
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }
}

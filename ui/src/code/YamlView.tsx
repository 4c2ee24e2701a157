import { useEffect, useMemo, useRef } from "react";
import { useSaid, useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { ErrorNote, Loading, Note } from "../shell/Notes";
import type { Mark } from "./codemirror";
import { drive, follow, tell, useDriver } from "./driver";
import { Editor, type EditorHandle } from "./Editor";
import { hasComments, problemLine, stepBlocks } from "./lines";
import { ProblemList, type LocatedProblem } from "./ProblemList";
import { isAhead, wanted, type Sync } from "./sync";
import { TextActions } from "./TextActions";
import { texts } from "./texts";

/** The YAML text, in step with the canvas. */
export function YamlView() {
  const document = useEditor((state) => state.document);
  const journey = useEditor((state) => state.view?.document.key ?? null);
  const readOnly = useEditor((state) => state.readOnly);
  const sync = useDriver((state) => (state.journey === journey ? state.sync : null));
  useEffect(() => {
    if (journey !== null) follow(journey, document, readOnly);
  }, [journey, document, readOnly]);
  useEffect(() => drive(), []);

  if (sync?.text == null) {
    return sync?.error ? <ErrorNote error={sync.error.error} retry={retry} /> : <Loading />;
  }
  return <YamlText sync={sync} text={sync.text} />;
}

function retry() {
  tell({ on: "retry" });
}

function YamlText({ sync, text }: { sync: Sync; text: string }) {
  const t = useTexts(texts);
  const say = useSaid();
  const editor = useRef<EditorHandle>(null);
  const selected = useEditor((state) => (state.selection.length === 1 ? (state.selection[0] ?? null) : null));
  const checked = useEditor((state) => state.problems);
  const blocks = useMemo(() => stepBlocks(text), [text]);
  const block = useMemo(() => blocks.find((one) => one.id === selected) ?? null, [blocks, selected]);

  // A text that was read has problems of its own; for one that we wrote those of the journey hold.
  const current = sync.problems ?? (isAhead(sync) ? null : checked);
  const problems = useMemo(
    (): LocatedProblem[] =>
      (current ?? [])
        .map((problem) => ({ problem, line: problemLine(text, blocks, problem) }))
        .sort((one, other) => (one.line ?? 0) - (other.line ?? 0)),
    [current, text, blocks],
  );
  const marks = problems.flatMap(({ problem, line }): Mark[] =>
    line === null ? [] : [{ line, severity: problem.severity, text: say(problem.message) }],
  );
  const marksKey = JSON.stringify(marks);
  const steadyMarks = useMemo(() => JSON.parse(marksKey) as Mark[], [marksKey]);

  return (
    <>
      <p className="ma-code-about">{t(sync.readOnly ? "yaml_read_only" : "yaml_about")}</p>
      <Banners sync={sync} />
      <Editor
        ref={editor}
        language="yaml"
        label={t("yaml_label")}
        text={text}
        readOnly={sync.readOnly}
        marks={steadyMarks}
        block={block}
        scrollKey={sync.focused ? null : selected}
        onType={(typed) => {
          tell({ on: "typed", text: typed });
        }}
        onFocus={(focused) => {
          tell({ on: "focus", focused });
        }}
      />
      <div className="ma-code-foot">
        <State sync={sync} />
        <TextActions text={text} name="yaml" />
      </div>
      {!sync.readOnly && hasComments(text) && <p className="ma-code-hint">{t("comments")}</p>}
      <ProblemList problems={problems} onLine={(line) => editor.current?.goTo(line)} />
    </>
  );
}

/** In a few words whether the text and the canvas say the same. */
function State({ sync }: { sync: Sync }) {
  const t = useTexts(texts);
  if (sync.readOnly) return <span />;
  const next = wanted(sync);
  const name = next?.do === "read" ? "reading" : next ? "writing" : isAhead(sync) ? "not_yet" : "in_step";
  return (
    <span className={`ma-code-state ma-code-state-${name}`} role="status">
      {t(name)}
    </span>
  );
}

function Banners({ sync }: { sync: Sync }) {
  const t = useTexts(texts);
  const refused = isAhead(sync) && sync.refused === sync.text;
  return (
    <>
      {sync.error && <ErrorNote error={sync.error.error} retry={retry} />}
      {refused && (
        <Note
          tone="warning"
          end={
            <Button
              small
              onClick={() => {
                tell({ on: "discard" });
              }}
            >
              {t("discard")}
            </Button>
          }
        >
          <strong>{t("not_yet")}</strong>
          <p>{t("not_yet_about")}</p>
        </Note>
      )}
      {sync.lost !== null && (
        <Note tone="info">
          <p>{t("replaced")}</p>
          <div className="ma-code-choices">
            <Button
              small
              onClick={() => {
                tell({ on: "bring_back" });
              }}
            >
              {t("bring_back")}
            </Button>
            <Button
              small
              look="quiet"
              onClick={() => {
                tell({ on: "forget" });
              }}
            >
              {t("forget")}
            </Button>
          </div>
        </Note>
      )}
    </>
  );
}

import { useEffect, useState } from "react";
import { api, ApiError } from "../api/client";
import type { JourneyDocument, PythonText } from "../api/types";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { ErrorNote, Loading } from "../shell/Notes";
import { Editor } from "./Editor";
import { TextActions } from "./TextActions";
import { texts } from "./texts";

interface Python {
  text: string | null;
  error: ApiError | null;
  again: () => void;
}

const CANVAS_RESTS_MS = 300;

/** The Python of a document; the last one stays until the next is there. */
function usePython(document: JourneyDocument): Python {
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [round, setRound] = useState(0);
  const first = text === null;
  useEffect(() => {
    let wanted = true;
    const ask = async () => {
      try {
        const { python } = await api.post<PythonText>("python", { document });
        if (!wanted) return;
        setText(python);
        setError(null);
      } catch (problem) {
        if (!(problem instanceof ApiError)) throw problem;
        if (wanted) setError(problem);
      }
    };
    const timer = setTimeout(() => void ask(), first ? 0 : CANVAS_RESTS_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
    // `first` only decides how long to wait.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [document, round]);
  return {
    text,
    error,
    again: () => {
      setRound(round + 1);
    },
  };
}

/** The journey as the Airflow DAG that an engineer would write. */
export function PythonView() {
  const t = useTexts(texts);
  const document = useEditor((state) => state.document);
  const { text, error, again } = usePython(document);
  if (text === null) return error ? <ErrorNote error={error} retry={again} /> : <Loading />;
  return (
    <>
      <p className="ma-code-about">{t("python_about")}</p>
      {error && <ErrorNote error={error} retry={again} />}
      <Editor language="python" label={t("python_label")} text={text} readOnly />
      <div className="ma-code-foot">
        <span />
        <TextActions text={text} name="python" />
      </div>
    </>
  );
}

import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { toast } from "../shell/toasts";
import { copyText } from "./copyText";
import { texts } from "./texts";

const FILES = { yaml: { ending: "yaml", type: "application/yaml" }, python: { ending: "py", type: "text/x-python" } };

/** Copy and download of a text. */
export function TextActions(props: { text: string; name: "yaml" | "python" }) {
  const t = useTexts(texts);
  const key = useEditor((state) => state.document.key);
  const copy = async () => {
    if (await copyText(props.text)) toast("good", t("copied"));
    else toast("warning", t("not_copied"));
  };
  return (
    <span className="ma-code-choices">
      <Button small icon="copy" onClick={() => void copy()}>
        {t("copy")}
      </Button>
      <Button
        small
        icon="download"
        onClick={() => {
          const { ending, type } = FILES[props.name];
          download(`${key || "journey"}.${ending}`, props.text, type);
        }}
      >
        {t("download")}
      </Button>
    </span>
  );
}

function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file over only after this turn.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 0);
}

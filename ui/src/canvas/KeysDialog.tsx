import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { useCanvas } from "./canvasStore";
import { texts } from "./texts";

const KEYS = [
  [["←", "↑", "↓", "→"], "key_arrows"],
  [["Enter"], "key_enter"],
  [["A", "+"], "key_add"],
  [["C"], "key_link"],
  [["Delete"], "key_delete"],
  [["Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y"], "key_undo"],
  [["Ctrl+C", "Ctrl+X", "Ctrl+V"], "key_clipboard"],
  [["Ctrl+A"], "key_all"],
  [["Esc"], "key_escape"],
  [["=", "-", "1"], "key_zoom"],
  [["?"], "key_help"],
] as const;

const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent);

export function KeysDialog() {
  const t = useTexts(texts);
  const open = useCanvas((state) => state.keysOpen);
  const close = () => {
    useCanvas.setState({ keysOpen: false });
  };
  const shown = (key: string) => (isMac() ? key.replace("Ctrl+", "⌘").replace("Shift+", "⇧") : key);
  return (
    <Dialog title={t("keys")} open={open} onClose={close}>
      <dl className="ma-keys">
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{shown(key)}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>{t("key_or_drag")}</kbd>
          </dt>
          <dd>{t("key_shift")}</dd>
        </div>
      </dl>
      <div className="ma-dialog-actions">
        <Button onClick={close}>{t("close")}</Button>
      </div>
    </Dialog>
  );
}

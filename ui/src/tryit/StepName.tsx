import { useSaid, useTexts } from "../i18n/define";
import { stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { texts } from "./texts";

/** The title of a step, in quotes; nothing when it is gone. */
export function StepName({ id }: { id: string }) {
  const t = useTexts(texts);
  const say = useSaid();
  const step = useEditor((state) => state.document.steps.find((one) => one.id === id));
  const catalogue = useEditor((state) => state.catalogue);
  if (!step) return null;
  return <small className="ma-try-about">{t("about", { title: stepTitle(step, catalogue, say) })}</small>;
}

import { useSayContext } from "../forms/known";
import { sentence } from "../forms/sentence";
import { useSaid, useTexts } from "../i18n/define";
import { stepTitle } from "../journey/outcomes";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { texts } from "./texts";

/** Where the person stands now and what that step does with them. */
export function Standing({ step: id }: { step: string }) {
  const t = useTexts(texts);
  const say = useSaid();
  const context = useSayContext();
  const select = useEditor((state) => state.select);
  const step = context.document.steps.find((one) => one.id === id);
  if (!step) return null;
  const kind = context.catalogue.get(step.kind);
  return (
    <div className={`ma-try-standing ma-try-group-${kind?.group ?? "act"}`}>
      <Icon name={kind?.icon ?? "dot"} size={18} />
      <div>
        <small>{t("now_at")}</small>
        <button
          type="button"
          className="ma-try-link"
          onClick={() => {
            select([id]);
          }}
        >
          {stepTitle(step, context.catalogue, say)}
        </button>
        {kind && (
          <p>
            {sentence(kind, step, context).map((part, index) =>
              part.strong ? <strong key={index}>{part.text}</strong> : <span key={index}>{part.text}</span>,
            )}
          </p>
        )}
      </div>
    </div>
  );
}

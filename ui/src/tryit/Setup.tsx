import { useId } from "react";
import { ContactPicker } from "../forms/ContactPicker";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Field } from "../shell/Field";
import { useMe } from "../shell/me";
import { usualStart } from "./acts";
import { begin, learnZone, setUp, useTrial } from "./store";
import { texts } from "./texts";

/** Who goes through the journey, and from when. */
export function Setup() {
  const t = useTexts(texts);
  const me = useMe((state) => state.me);
  const empty = useEditor((state) => state.document.steps.length === 0);
  const { start: chosen } = useTrial();
  const start = chosen ?? (me ? usualStart(me.now, me.timezone) : "");

  return (
    <form
      className="ma-try-setup"
      onSubmit={(event) => {
        event.preventDefault();
        if (start && !empty) begin(start);
      }}
    >
      <p>
        {t("intro")} <strong>{t("safe")}</strong>
      </p>
      <Person />
      <Field label={t("start")} help={t("start_help")}>
        {(ids) => (
          <input
            {...ids}
            className="ma-input"
            type="datetime-local"
            required
            value={start}
            onChange={(event) => {
              setUp({ start: event.currentTarget.value });
            }}
          />
        )}
      </Field>
      <Button type="submit" look="primary" icon="play" disabled={empty || !start}>
        {t("begin")}
      </Button>
      {empty && <p className="ma-try-quiet">{t("nothing_yet")}</p>}
    </form>
  );
}

function Person() {
  const t = useTexts(texts);
  const id = useId();
  const contact = useTrial((state) => state.contact);
  const mayChoose = useEditor((state) => state.view?.may_see_contacts ?? false);
  return (
    <div className="ma-field">
      <label className="ma-field-label" id={`${id}-label`} htmlFor={id}>
        {t("who")}
      </label>
      {mayChoose ? (
        <ContactPicker
          id={id}
          labelId={`${id}-label`}
          contact={contact}
          onChange={(person) => {
            setUp({ contact: person, timezone: null });
            if (person) void learnZone(person);
          }}
        />
      ) : (
        <input id={id} className="ma-input" value={t("made_up")} readOnly />
      )}
      <span className="ma-field-help">{t(mayChoose ? "who_help" : "made_up_about")}</span>
    </div>
  );
}

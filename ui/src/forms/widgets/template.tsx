import { useState } from "react";
import type { TemplateSummary } from "../../api/types";
import { useHost } from "../../host";
import { useSaid, useTexts } from "../../i18n/define";
import { Button } from "../../shell/Button";
import { Icon } from "../../shell/Icon";
import { ErrorNote } from "../../shell/Notes";
import { Combo } from "../Combo";
import { useKnown, useMayAsk } from "../known";
import { languageName } from "../languages";
import { subjectOf } from "../say";
import { TemplatePreviewDialog } from "../TemplatePreview";
import type { Widget, WidgetProps } from "../widget";
import { showText } from "./text";
import { texts } from "./texts";

function TemplateInput({ value, onChange, ids, readOnly, step }: WidgetProps) {
  const t = useTexts(texts);
  const { language } = useHost();
  const { data, error } = useKnown("templates");
  const [shown, setShown] = useState<"preview" | "test" | null>(null);
  const name = showText(value);
  const chosen = data?.find((one) => one.name === name);
  return (
    <>
      <Combo
        id={ids.id}
        labelId={ids.labelId}
        describedBy={ids.describedBy}
        invalid={ids.invalid}
        readOnly={readOnly}
        free
        ownHint={t("template_gone")}
        value={name}
        placeholder={t("choose_template")}
        options={(data ?? []).map((one) => ({
          value: one.name,
          label: one.name,
          hint: subjectOf(one, language),
          badges: one.languages.map((code) => languageName(code, language)),
        }))}
        onChange={(next) => {
          onChange(next || undefined);
        }}
      />
      {error && !data && <ErrorNote error={error} />}
      {data?.length === 0 && <span className="ma-field-help">{t("no_templates")}</span>}
      {name && data && !chosen && !ids.invalid && <span className="ma-field-help">{t("template_gone")}</span>}
      {chosen && (
        <Chosen
          template={chosen}
          step={step}
          onShow={setShown}
        />
      )}
      {shown && chosen && (
        <TemplatePreviewDialog
          template={chosen}
          step={step}
          testing={shown === "test"}
          onClose={() => {
            setShown(null);
          }}
        />
      )}
    </>
  );
}

function Chosen(props: { template: TemplateSummary; step: string | null; onShow: (what: "preview" | "test") => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const { template } = props;
  const may = useMayAsk();
  return (
    <div className="ma-mail-card">
      <Icon name="mail" size={20} />
      <div className="ma-mail-card-text">
        <strong>{subjectOf(template, language) || t("no_subject")}</strong>
        <span>
          {template.languages.map((one) => (
            <span key={one} className="ma-badge">
              {languageName(one, language)}
            </span>
          ))}
        </span>
        {template.problem && <span className="ma-field-problem">{say(template.problem)}</span>}
      </div>
      {may && (
        <div className="ma-mail-card-acts">
          <Button
            small
            icon="eye"
            onClick={() => {
              props.onShow("preview");
            }}
          >
            {t("preview")}
          </Button>
          {props.step !== null && (
            <Button
              small
              icon="mail"
              onClick={() => {
                props.onShow("test");
              }}
            >
              {t("test_mail")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

export const template: Widget = { Input: TemplateInput };

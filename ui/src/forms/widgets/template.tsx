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

function TemplateInput({ value, onChange, ids, readOnly }: WidgetProps) {
  const t = useTexts(texts);
  const { language } = useHost();
  const { data, error } = useKnown("templates");
  const [shown, setShown] = useState(false);
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
          onPreview={() => {
            setShown(true);
          }}
        />
      )}
      {shown && chosen && (
        <TemplatePreviewDialog
          template={chosen}
          onClose={() => {
            setShown(false);
          }}
        />
      )}
    </>
  );
}

function Chosen(props: { template: TemplateSummary; onPreview: () => void }) {
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
        <Button small icon="eye" onClick={props.onPreview}>
          {t("preview")}
        </Button>
      )}
    </div>
  );
}

export const template: Widget = { Input: TemplateInput };

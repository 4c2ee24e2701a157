// Where a new journey begins: with nothing, or with one of the gallery.
import { useMemo, useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import type { GalleryItem, JourneyView, NewJourney, StepKind } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Field } from "../shell/Field";
import { Icon } from "../shell/Icon";
import { ErrorNote, Loading } from "../shell/Notes";
import { go } from "../shell/route";
import { FlowPreview } from "./FlowPreview";
import { texts } from "./texts";

const LONGEST = 200;

export function NewJourneyDialog(props: { onClose: () => void }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const gallery = useLoad(`gallery ${language}`, () => api.get<GalleryItem[]>("gallery", { language }));
  const kinds = useLoad("catalogue", () => api.get<StepKind[]>("catalogue"));
  const catalogue = useMemo(() => new Map(kinds.data?.map((kind) => [kind.kind, kind])), [kinds.data]);
  const [begin, setBegin] = useState<GalleryItem | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  // Until something is typed, the title is that of what it begins with.
  const title = typed ?? begin?.title ?? "";

  const make = async () => {
    setTried(true);
    if (!title.trim()) return;
    setBusy(true);
    const wanted: NewJourney = { title: title.trim(), document: begin?.document ?? null, layout: {} };
    try {
      const made = await api.post<JourneyView>("journeys", wanted);
      go("journeys", made.document.key);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      setError(problem);
      setBusy(false);
    }
  };

  return (
    <Dialog title={t("new_title")} open wide onClose={props.onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Field label={t("name")} help={t("name_help")} problem={tried && !title.trim() ? t("name_missing") : undefined}>
          {(ids) => (
            <input
              {...ids}
              className="ma-input"
              autoFocus
              maxLength={LONGEST}
              placeholder={t("name_example")}
              value={title}
              onChange={(event) => {
                setTyped(event.target.value || null);
              }}
            />
          )}
        </Field>
        <fieldset className="ma-begin">
          <legend className="ma-field-label">{t("start_with")}</legend>
          <Beginning
            title={t("blank")}
            about={t("blank_about")}
            isChosen={begin === null}
            onChoose={() => {
              setBegin(null);
            }}
          >
            <Icon name="plus" size={36} />
          </Beginning>
          {kinds.data &&
            gallery.data?.map((item) => (
              <Beginning
                key={item.name}
                title={item.title}
                about={item.about}
                isChosen={begin?.name === item.name}
                onChoose={() => {
                  setBegin(item);
                }}
              >
                <FlowPreview document={item.document} catalogue={catalogue} />
              </Beginning>
            ))}
        </fieldset>
        {(gallery.loading || kinds.loading) && <Loading />}
        {gallery.error && <ErrorNote error={gallery.error} retry={gallery.reload} />}
        {error && <ErrorNote error={error} />}
        <div className="ma-dialog-actions">
          <Button onClick={props.onClose}>{t("cancel")}</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {t("make")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Beginning(props: {
  title: string;
  about: string;
  isChosen: boolean;
  onChoose: () => void;
  children: ReactNode;
}) {
  return (
    <label className="ma-beginning">
      <input type="radio" name="begin" className="ma-hidden" checked={props.isChosen} onChange={props.onChoose} />
      <span className="ma-beginning-picture">{props.children}</span>
      <span className="ma-beginning-title">
        {props.title}
        {props.isChosen && <Icon name="check" size={16} />}
      </span>
      <span className="ma-muted ma-small">{props.about}</span>
    </label>
  );
}

import { useState } from "react";
import { api } from "../api/client";
import type { GalleryItem, StepKind } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Dialog } from "../shell/Dialog";
import { Icon } from "../shell/Icon";
import { ErrorNote, Loading } from "../shell/Notes";
import { KindIcon } from "./AddMenu";
import { focusStep, useCanvas } from "./canvasStore";
import { texts } from "./texts";

/** Ways to begin that are offered besides the example. */
const ENTRIES = 2;

/** What an empty canvas teaches: the first moves, as buttons. */
export function EmptyCanvas() {
  const t = useTexts(texts);
  const readOnly = useEditor((state) => state.readOnly);
  const catalogue = useEditor((state) => state.catalogue);
  const [gallery, setGallery] = useState(false);
  if (readOnly) {
    return (
      <div className="ma-empty-canvas">
        <p>{t("empty_viewer")}</p>
      </div>
    );
  }
  const entries = [...catalogue.values()]
    .filter((kind) => kind.is_entry)
    .sort((a, b) => Number(b.primary) - Number(a.primary))
    .slice(0, ENTRIES);
  return (
    <div className="ma-empty-canvas">
      <div className="ma-empty-card">
        <h2>{t("empty_title")}</h2>
        <p>{t("empty_about")}</p>
        {entries.map((kind) => (
          <Begin key={kind.kind} kind={kind} />
        ))}
        <Move
          icon="star"
          title={t("empty_gallery")}
          about={t("empty_gallery_about")}
          go={() => {
            setGallery(true);
          }}
        />
        <Move
          icon="code"
          title={t("empty_text")}
          about={t("empty_text_about")}
          go={() => {
            useCanvas.getState().show("code");
          }}
        />
      </div>
      <Dialog
        title={t("gallery")}
        open={gallery}
        wide
        onClose={() => {
          setGallery(false);
        }}
      >
        <Gallery />
      </Dialog>
    </div>
  );
}

function Begin({ kind }: { kind: StepKind }) {
  const t = useTexts(texts);
  const say = useSaid();
  return (
    <Move
      icon={kind.icon}
      group={kind.group}
      title={t("empty_begin", { title: say(kind.title) })}
      about={say(kind.about)}
      go={() => {
        focusStep(useEditor.getState().addStep(kind.kind, { position: null }));
      }}
    />
  );
}

function Move(props: { icon: string; group?: string; title: string; about: string; go: () => void }) {
  return (
    <button type="button" className="ma-move" onClick={props.go}>
      <KindIcon group={props.group ?? "end"} icon={props.icon} />
      <span className="ma-menu-words">
        <span>{props.title}</span>
        <small>{props.about}</small>
      </span>
      <Icon name="arrow" size={16} />
    </button>
  );
}

function Gallery() {
  const t = useTexts(texts);
  const { language } = useHost();
  const { data, error, reload } = useLoad(`gallery ${language}`, () => api.get<GalleryItem[]>("gallery", { language }));
  if (error) return <ErrorNote error={error} retry={reload} />;
  if (!data) return <Loading />;
  return (
    <ul className="ma-examples">
      {data.map((item) => (
        <li key={item.name}>
          <h3>{item.title}</h3>
          <p>{item.about}</p>
          <small>{t("gallery_steps", { n: item.document.steps.length })}</small>
          <Button
            small
            onClick={() => {
              const { document, replaceDocument } = useEditor.getState();
              replaceDocument({ ...item.document, title: document.title || item.title }, t("from_gallery"));
            }}
          >
            {t("gallery_use")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

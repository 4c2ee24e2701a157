// What is different, in the way the reader likes: in words, on the canvas, or as YAML.
import { useState } from "react";
import type { Diff } from "../api/types";
import { Segments } from "../forms/Segments";
import { useTexts } from "../i18n/define";
import { Changes } from "./Changes";
import { CompareCanvas, type State } from "./CompareCanvas";
import { texts } from "./texts";
import { YamlDiff } from "./YamlDiff";

const LOOKS = ["words", "canvas", "text"] as const;

export function DiffTabs({ diff, before, after }: { diff: Diff; before: State | null; after: State }) {
  const t = useTexts(texts);
  const [look, setLook] = useState<(typeof LOOKS)[number]>("words");
  return (
    <section className="ma-publish-part" aria-label={t("changes")}>
      <div className="ma-publish-head">
        <h3>{t("changes")}</h3>
        <Segments
          label={t("changes_look")}
          value={look}
          options={LOOKS.map((value) => ({ value, label: t(`as_${value}`) }))}
          onChange={(value) => {
            setLook(LOOKS.find((one) => one === value) ?? "words");
          }}
        />
      </div>
      {look === "words" && <Changes diff={diff} before={before?.document ?? null} after={after.document} />}
      {look === "canvas" && (
        <div className="ma-publish-canvas">
          <CompareCanvas before={before} after={after} diff={diff} />
        </div>
      )}
      {look === "text" && <YamlDiff lines={diff.yaml} />}
    </section>
  );
}

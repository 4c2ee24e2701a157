// A journey's versions: what each of them changed, drawn and in words; what was done with it, and by whom.
import "../canvas/page.css";
import "./publish.css";
import { Tabs } from "radix-ui";
import { useState } from "react";
import { api } from "../api/client";
import { useLoad } from "../api/useLoad";
import type { VersionSummary } from "../api/types";
import { useOpen } from "../canvas/useOpen";
import { useKnown } from "../forms/known";
import { useTexts } from "../i18n/define";
import { useEditor } from "../journey/store";
import { Icon } from "../shell/Icon";
import { LoadProblem } from "../shell/LoadProblem";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { Link } from "../shell/route";
import { AuditLog } from "./AuditLog";
import { CompareStage } from "./CompareStage";
import { journeyPath } from "./paths";
import { texts } from "./texts";
import { useCompared } from "./useCompared";
import { VersionList } from "./VersionList";
import { inOrder, oneBefore, sidesOf, type Side } from "./versions";

export function HistoryPage({ journey }: { journey: string }) {
  const t = useTexts(texts);
  const { ready, error, retry } = useOpen(journey, false);
  const title = useEditor((state) => state.document.title);
  const versions = useLoad(journey, () => api.get<VersionSummary[]>(journeyPath(journey, "versions")));
  useKnown("templates");
  useKnown("vocabulary");
  if (error && !ready) return <LoadProblem error={error} retry={retry} />;
  if (versions.error && !versions.data) return <LoadProblem error={versions.error} retry={versions.reload} />;
  if (!ready || !versions.data) return <Loading />;
  return (
    <div className="ma-history">
      <header className="ma-history-top">
        <Link to={["journeys", journey]} className="ma-history-back">
          <Icon name="back" />
          {t("back")}
        </Link>
        <h1>{t("history_of", { title })}</h1>
      </header>
      <Body journey={journey} versions={versions.data} reload={versions.reload} />
    </div>
  );
}

function Body(props: { journey: string; versions: VersionSummary[]; reload: () => void }) {
  const t = useTexts(texts);
  const state = useEditor((editor) => editor.view?.state ?? "draft");
  const sides = sidesOf(props.versions, state);
  const [picked, setPicked] = useState<Side | null>(null);
  const [against, setAgainst] = useState<Side | null>(null);
  const [step, setStep] = useState<string | null>(null);
  const side = picked !== null && sides.includes(picked) ? picked : (sides[0] ?? null);
  const other = side === null ? null : against !== null && against !== side && sides.includes(against) ? against : oneBefore(side, sides);
  const pair = side === null ? null : other === null ? ([null, side] as const) : inOrder(other, side);
  const compared = useCompared(props.journey, pair?.[0] ?? null, pair?.[1] ?? null);
  return (
    <div className="ma-history-body">
      <div className="ma-history-stage">
        {side === null ? (
          <Empty icon="clock" title={t("no_versions")}>
            <p>{t("no_versions_about")}</p>
          </Empty>
        ) : compared.error ? (
          <div className="ma-page-inner">
            <ErrorNote error={compared.error} retry={compared.retry} />
          </div>
        ) : compared.shown ? (
          <CompareStage shown={compared.shown} pending={compared.pending} chosen={step} onChoose={setStep} />
        ) : (
          <Loading />
        )}
      </div>
      <Tabs.Root asChild defaultValue="versions">
        <aside className="ma-history-side" aria-label={t("history")}>
          <Tabs.List className="ma-history-tabs" aria-label={t("history")}>
            <Tabs.Trigger value="versions">{t("versions")}</Tabs.Trigger>
            <Tabs.Trigger value="log">{t("log")}</Tabs.Trigger>
          </Tabs.List>
          <Tabs.Content value="versions" className="ma-history-list" tabIndex={-1}>
            <VersionList
              versions={props.versions}
              sides={sides}
              side={side}
              other={other}
              compared={compared}
              step={step}
              onStep={setStep}
              onSide={(now) => {
                setPicked(now);
                setAgainst(null);
                setStep(null);
              }}
              onOther={(now) => {
                setAgainst(now);
                setStep(null);
              }}
            />
          </Tabs.Content>
          <Tabs.Content value="log" className="ma-history-list" tabIndex={-1}>
            <AuditLog journey={props.journey} />
          </Tabs.Content>
        </aside>
      </Tabs.Root>
    </div>
  );
}

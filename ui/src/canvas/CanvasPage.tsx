import "./canvas.css";
import "./page.css";
import "./outline.css";
import { Tooltip } from "radix-ui";
import { useEffect } from "react";
import { useKnown } from "../forms/known";
import { startAutosave } from "../journey/autosave";
import { startChecking } from "../journey/check";
import { useEditor } from "../journey/store";
import { ApprovalBanner } from "../publish/ApprovalBanner";
import { PublishDialog } from "../publish/PublishDialog";
import { useMe } from "../shell/me";
import { ErrorNote, Loading } from "../shell/Notes";
import { JourneyLifeDialog } from "../watch/JourneyLifeDialog";
import { LifeBanner } from "../watch/LifeBanner";
import { useWatchingByAddress } from "../watch/useWatching";
import { WatchBar } from "../watch/WatchBar";
import { AddMenu } from "./AddMenu";
import { AskDialog } from "./AskDialog";
import { Banner, RescueBanner } from "./Banner";
import { Canvas } from "./Canvas";
import { focusWorkIfLost, useCanvas } from "./canvasStore";
import { useClipboard } from "./clipboardEvents";
import { ConflictDialog } from "./ConflictDialog";
import { EmptyCanvas } from "./EmptyCanvas";
import { KeysDialog } from "./KeysDialog";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { SidePanel } from "./SidePanel";
import { TopBar } from "./TopBar";
import { usePageKeys } from "./useCanvasKeys";
import { useOpen } from "./useOpen";

/** The builder: one journey on its canvas, with everything around it. */
export function CanvasPage({ journey }: { journey: string }) {
  const { ready, error, retry } = useOpen(journey, false);
  useEffect(startAutosave, []);
  const mayWork = useMe((state) => state.me?.may_see_contacts ?? false);
  useEffect(() => (mayWork ? startChecking() : undefined), [mayWork]);
  useEffect(
    () => () => {
      useCanvas.setState({ menu: null, targets: null, from: null, dropOn: null, keysOpen: false, publishing: false, asking: null });
    },
    [],
  );
  useWatchingByAddress(journey, ready);
  usePageKeys();
  useClipboard();
  useKnown("templates");
  useKnown("vocabulary");
  const empty = useEditor((state) => !state.document.steps.length);
  const readOnly = useEditor((state) => state.readOnly);
  const outline = useCanvas((state) => state.outline);
  const dialog = useCanvas((state) => state.keysOpen || state.publishing || state.asking !== null);
  const asked = useEditor((state) => state.saving === "conflict");
  useEffect(() => {
    if (ready && !dialog && !asked) focusWorkIfLost();
  }, [ready, dialog, asked, empty]);
  if (error && !ready) {
    return (
      <div className="ma-page-inner">
        <ErrorNote error={error} retry={retry} />
      </div>
    );
  }
  if (!ready) return <Loading />;
  return (
    <Tooltip.Provider delayDuration={400}>
      <div className="ma-builder">
        <TopBar />
        <Banner />
        <RescueBanner />
        <LifeBanner />
        <ApprovalBanner />
        <div className="ma-builder-body">
          {!readOnly && <Palette />}
          <div className="ma-stage-column">
            <WatchBar />
            <div className="ma-stage">
              {outline ? <Outline /> : <Canvas key={journey} />}
              {empty && <EmptyCanvas />}
            </div>
          </div>
          <SidePanel />
        </div>
        <AddMenu />
        <KeysDialog />
        <ConflictDialog />
        <PublishDialog />
        <AskDialog />
        <JourneyLifeDialog />
      </div>
    </Tooltip.Provider>
  );
}

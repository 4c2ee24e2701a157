import { useCanvas } from "../canvas/canvasStore";
import { useEditor } from "../journey/store";
import { go } from "../shell/route";
import { LifeDialog } from "./LifeDialog";
import { look } from "./store";

/** Asks about the life of the journey that is open, when its menu or a banner wants to. */
export function JourneyLifeDialog() {
  const asking = useCanvas((state) => state.asking);
  const key = useEditor((state) => state.document.key);
  const act = asking === "discard" ? null : asking;
  return (
    <LifeDialog
      act={act}
      journey={key}
      close={() => {
        useCanvas.setState({ asking: null });
      }}
      instead={(other) => {
        useCanvas.setState({ asking: other });
      }}
      done={() => {
        if (act === "archive") go("journeys");
        else void Promise.all([useEditor.getState().open(key, { afresh: act === "unarchive" }), look()]);
      }}
    />
  );
}

// Airflow's own pages show what ran there: not the draft, and not what came after.
import { useEffect } from "react";
import { api, ApiError } from "../api/client";
import type { VersionView } from "../api/types";
import { useEditor } from "../journey/store";
import { useWatch } from "../watch/store";

/** Puts the version of the run, or the one whose numbers were chosen, on the canvas; returns it, null before the first. */
export function useVersionShown(key: string): number | null {
  const wanted = useWatch((state) => (state.run === null ? state.version : (state.watch?.run?.version ?? null)));
  const live = useEditor((state) => state.view?.version ?? null);
  const revision = useEditor((state) => state.view?.revision ?? null);
  const drafted = useEditor((state) => state.view?.state === "changed");
  const version = wanted ?? live;
  useEffect(() => {
    const view = useEditor.getState().view;
    if (!view || version === null) return;
    let stale = false;
    const put = ({ document, layout }: Pick<VersionView, "document" | "layout">) => {
      if (!stale && useEditor.getState().document.key === key) useEditor.setState({ document, layout });
    };
    if (version === live && !drafted) put(view);
    else {
      api.get<VersionView>(`journeys/${encodeURIComponent(key)}/versions/${version}`).then(put, (problem: unknown) => {
        if (!(problem instanceof ApiError)) throw problem; // what is there stays: the newest
      });
    }
    return () => {
      stale = true;
    };
  }, [key, version, live, revision, drafted]);
  return version;
}

// Opening a journey for a page.
import { useCallback, useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { useEditor } from "../journey/store";

/** How often is looked whether somebody else saved, published or paused it. */
const AGAIN_MS = 10_000;

export interface Opened {
  ready: boolean;
  error: ApiError | null;
  retry: () => void;
}

/** Opens the journey, and again when the key changes. `embedded`: to look at, within Airflow's own pages. */
export function useOpen(key: string, embedded: boolean): Opened {
  const [failed, setFailed] = useState<{ key: string; error: ApiError } | null>(null);
  const ready = useEditor(
    (state) => state.view !== null && state.document.key === key && state.embedded === embedded,
  );
  const load = useCallback(() => {
    useEditor
      .getState()
      .open(key, { embedded })
      .then(
        () => {
          setFailed(null);
        },
        (problem: unknown) => {
          if (!(problem instanceof ApiError)) throw problem;
          setFailed({ key, error: problem });
        },
      );
  }, [key, embedded]);
  useEffect(() => {
    load();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") load();
    }, AGAIN_MS);
    return () => {
      clearInterval(timer);
    };
  }, [load]);
  return { ready, error: failed?.key === key ? failed.error : null, retry: load };
}

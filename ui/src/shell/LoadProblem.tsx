import type { ApiError } from "../api/client";
import { useSaid, useTexts } from "../i18n/define";
import { Empty, ErrorNote } from "./Notes";
import { texts } from "./texts";

/** A page that could not be loaded: friendly where the reader has no right to it, with "try again" elsewhere. */
export function LoadProblem(props: { error: ApiError; retry: () => void }) {
  const t = useTexts(texts);
  const say = useSaid();
  if (props.error.status !== 403) {
    return (
      <div className="ma-page-inner">
        <ErrorNote error={props.error} retry={props.retry} />
      </div>
    );
  }
  return (
    <Empty icon="people" title={t("refused")}>
      <p>{say(props.error.said)}</p>
    </Empty>
  );
}

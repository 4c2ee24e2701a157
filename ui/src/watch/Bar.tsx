import type { CSSProperties } from "react";

/** A part of one as a line under its row. */
export function Bar({ share }: { share: number }) {
  return <span className="ma-line-bar" aria-hidden style={{ "--ma-share": share } as CSSProperties} />;
}

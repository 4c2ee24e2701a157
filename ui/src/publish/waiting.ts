// The request for approval that waits for the journey that is open.
import type { ApprovalRequest } from "../api/types";
import { useEditor } from "../journey/store";

export function useWaiting(): ApprovalRequest | null {
  return useEditor(({ view }) => {
    const request = view?.approval ?? null;
    // Whoever changes the draft takes the request back.
    return request !== null && request.revision === view?.revision ? request : null;
  });
}

export function setWaiting(key: string, approval: ApprovalRequest | null): void {
  useEditor.setState(({ view, document }) => (view && document.key === key ? { view: { ...view, approval } } : {}));
}

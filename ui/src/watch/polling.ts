// Asking again and again, politely: not while nobody looks, never two at once, more rarely while it fails.
const LONGEST_MS = 60_000;

export interface Polling {
  /** Ask at once, without waiting for the next turn. */
  now: () => void;
  stop: () => void;
}

/** Asks every `everyMs` ms while the page is visible; `ask` says whether it was answered. */
export function poll(ask: () => Promise<boolean>, everyMs: number): Polling {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = everyMs;
  let asking = false;
  let again = false;
  let stopped = false;

  const turn = () => {
    clearTimeout(timer);
    if (stopped || document.visibilityState !== "visible") return;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    void ask()
      .then((answered) => {
        wait = answered ? everyMs : Math.min(wait * 2, LONGEST_MS);
      })
      .finally(() => {
        asking = false;
        if (stopped) return;
        timer = setTimeout(turn, again ? 0 : wait);
        again = false;
      });
  };
  document.addEventListener("visibilitychange", turn);
  turn();
  return {
    now: turn,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", turn);
    },
  };
}

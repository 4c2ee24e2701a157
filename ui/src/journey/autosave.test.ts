import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepMine, save, startAutosave } from "./autosave";
import { emptyHistory } from "./history";
import { CATALOGUE, madeView, small } from "./made-up";
import { useEditor } from "./store";

const VIEW = madeView({ revision: 4, state: "live", version: 1 });

/** A server with one draft, as the real one keeps it: a save must name the newest revision. */
const server = { revision: 4, title: "Made up", down: false, asked: 0 };
const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
function fetched(_url: string, init: RequestInit): Response {
  server.asked += 1;
  if (server.down) throw new TypeError("no network");
  if (init.method === "GET") return answer(200, { ...VIEW, revision: server.revision });
  const sent = JSON.parse(String(init.body)) as { revision: number; document: { title: string } };
  if (sent.revision !== server.revision) {
    const message = { en: "Somebody was first", ja: "先に保存されました" };
    return answer(409, { detail: { code: "conflict", message, saved_by: "Mika", saved_at: "2026-11-01T00:00:00Z" } });
  }
  server.revision += 1;
  server.title = sent.document.title;
  return answer(200, { revision: server.revision, saved_at: "2026-11-01T00:00:00Z" });
}

let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => new Promise((done) => done(fetched(url, init))));
  Object.assign(server, { revision: 4, title: "Made up", down: false, asked: 0 });
  useEditor.setState({
    view: VIEW,
    document: small(),
    layout: {},
    catalogue: new Map(CATALOGUE),
    history: emptyHistory(),
    readOnly: false,
    saving: "saved",
    conflict: null,
  });
  stop = startAutosave();
});
afterEach(async () => {
  stop();
  await vi.runOnlyPendingTimersAsync();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const type = (title: string) => {
  useEditor.getState().setJourney({ title });
};

describe("autosave", () => {
  it("saves once, a moment after the last change", async () => {
    type("A");
    await vi.advanceTimersByTimeAsync(500);
    type("AB");
    await vi.advanceTimersByTimeAsync(700);
    expect(server.asked).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(server).toMatchObject({ asked: 1, title: "AB", revision: 5 });
    expect(useEditor.getState()).toMatchObject({ saving: "saved", view: { revision: 5, state: "changed" } });
  });

  it("keeps trying while the server is away, and says so", async () => {
    server.down = true;
    type("A");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(useEditor.getState().saving).toBe("failed");
    server.down = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(useEditor.getState().saving).toBe("saved");
    expect(server.title).toBe("A");
  });

  it("saves at once when the network is back", async () => {
    server.down = true;
    type("A");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(useEditor.getState().saving).toBe("failed");
    server.down = false;
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(server.title).toBe("A");
  });

  it("overwrites nobody: a conflict waits for a decision", async () => {
    server.revision = 9;
    type("Mine");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(useEditor.getState()).toMatchObject({ saving: "conflict", conflict: { saved_by: "Mika" } });
    type("Mine, more");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.title).toBe("Made up");
    await keepMine();
    expect(server).toMatchObject({ title: "Mine, more", revision: 10 });
    expect(useEditor.getState().saving).toBe("saved");
  });

  it("saves at once when asked, also what changed while it was saving", async () => {
    type("A");
    const first = save();
    type("B");
    await first;
    await save();
    expect(server.title).toBe("B");
  });
});

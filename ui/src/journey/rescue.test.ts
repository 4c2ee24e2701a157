import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Me } from "../api/types";
import { useMe } from "../shell/me";
import { emptyHistory } from "./history";
import { CATALOGUE, madeView, small } from "./made-up";
import { keepAside, keptOf } from "./rescue";
import { useEditor } from "./store";

const ME: Me = {
  name: "Mika",
  may_create: true,
  may_see_contacts: true,
  sandbox: true,
  approval_above: null,
  timezone: "Asia/Tokyo",
  now: "2026-11-01T00:00:00Z",
  day_seconds: null,
};
const VIEW = madeView({ revision: 4, saved_by: "Mika" });
const MINE = { ...small(), title: "Mine" };

/** The journey as the server has it at that revision. */
async function opened(revision: number): Promise<void> {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ ...VIEW, revision }))));
  await useEditor.getState().open("made_up");
}

beforeEach(() => {
  useMe.setState({ me: ME });
  useEditor.setState({ view: null, catalogue: new Map(CATALOGUE), history: emptyHistory(), saving: "saved", rescued: null });
});
afterEach(() => {
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

describe("work that was not saved before a login", () => {
  it("is offered, not put in by itself, and comes back as one step to undo", async () => {
    keepAside({ document: MINE, layout: {}, revision: 4 });
    await opened(4);
    expect(useEditor.getState()).toMatchObject({ document: { title: "Made up" }, saving: "saved" });
    useEditor.getState().bringBack();
    expect(useEditor.getState()).toMatchObject({ document: { title: "Mine" }, saving: "unsaved", rescued: null });
    expect(keptOf("made_up")).toBeNull();
    useEditor.getState().undo();
    expect(useEditor.getState().document.title).toBe("Made up");
  });

  it("names the revision it was made from: what others saved meanwhile is a conflict", async () => {
    keepAside({ document: MINE, layout: {}, revision: 4 });
    await opened(7);
    useEditor.getState().bringBack();
    expect(useEditor.getState().view?.revision).toBe(4);
  });

  it("is gone once it is thrown away, or when the server has it already", async () => {
    keepAside({ document: MINE, layout: {}, revision: 4 });
    await opened(4);
    useEditor.getState().throwAway();
    expect(keptOf("made_up")).toBeNull();
    keepAside({ document: small(), layout: {}, revision: 4 });
    useEditor.setState({ view: null });
    await opened(5);
    expect(useEditor.getState().rescued).toBeNull();
    expect(keptOf("made_up")).toBeNull();
  });

  it("is nobody else's", () => {
    keepAside({ document: MINE, layout: {}, revision: 4 });
    useMe.setState({ me: { ...ME, name: "Ken" } });
    expect(keptOf("made_up")).toBeNull();
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JourneyDocument, JourneyView } from "../api/types";
import { useEditor } from "../journey/store";
import { drive, follow, tell, TYPING_RESTS_MS, useDriver } from "./driver";

const journey = (title: string): JourneyDocument => ({
  key: "sale",
  title,
  mode: "continuous",
  tags: [],
  goal: null,
  steps: [],
});

/** A server whose YAML of a journey is its title, and which cannot read a text that ends in a colon. */
const asked: { path: string; body: Record<string, unknown> }[] = [];
function answer(path: string, body: Record<string, unknown>): unknown {
  if (path.endsWith("/yaml")) return { yaml: `title: ${(body.document as JourneyDocument).title}\n` };
  const text = String(body.yaml);
  if (text.endsWith(":")) return { document: null, problems: [] };
  return { document: journey(text.replace("title: ", "").trim()), problems: [] };
}

let stop = () => {};
const text = () => useDriver.getState().sync?.text;
const onCanvas = () => useEditor.getState().document.title;
const follow_ = () => {
  follow("sale", useEditor.getState().document, false);
};

beforeEach(async () => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body)) as Record<string, unknown>;
    asked.push({ path: url, body });
    return Promise.resolve(new Response(JSON.stringify(answer(url, body))));
  });
  const document = journey("One");
  useEditor.setState({ document, view: { document } as JourneyView, readOnly: false });
  useDriver.setState({ journey: null, sync: null });
  // As the panel does: whatever is on the canvas is told.
  const stopFollowing = useEditor.subscribe(follow_);
  follow_();
  const stopDriving = drive();
  stop = () => {
    stopFollowing();
    stopDriving();
  };
  await vi.runAllTimersAsync();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("text and canvas", () => {
  it("begin with the text of the canvas, and follow it", async () => {
    expect(text()).toBe("title: One\n");
    useEditor.getState().setJourney({ title: "Two" });
    await vi.runAllTimersAsync();
    expect(text()).toBe("title: Two\n");
  });

  it("what is typed goes onto the canvas as one undo step once the typing rests", async () => {
    tell({ on: "focus", focused: true });
    for (const typed of ["title: T", "title: Tw", "title: Two\n"]) {
      tell({ on: "typed", text: typed });
      await vi.advanceTimersByTimeAsync(TYPING_RESTS_MS - 100);
    }
    expect(onCanvas()).toBe("One");
    await vi.advanceTimersByTimeAsync(200);
    expect(onCanvas()).toBe("Two");
    expect(asked.filter((one) => one.path.endsWith("yaml/read")).map((one) => one.body)).toEqual([
      { yaml: "title: Two\n", key: "sale" },
    ]);
    await vi.runAllTimersAsync();
    expect(text()).toBe("title: Two\n");
    useEditor.getState().undo();
    expect(onCanvas()).toBe("One");
    await vi.runAllTimersAsync();
    expect(text()).toBe("title: One\n");
  });

  it("a text that cannot be read leaves the canvas alone", async () => {
    const { document } = useEditor.getState();
    tell({ on: "focus", focused: true });
    tell({ on: "typed", text: "title:" });
    await vi.runAllTimersAsync();
    expect(useEditor.getState().document).toBe(document);
    expect(text()).toBe("title:");
  });

  it("a text that says the same makes no undo step", async () => {
    const { document } = useEditor.getState();
    tell({ on: "typed", text: "title: One\n\n" });
    await vi.runAllTimersAsync();
    expect(useEditor.getState().document).toBe(document);
    expect(text()).toBe("title: One\n\n");
  });

  it("what was typed a moment before the panel is closed is not lost", async () => {
    tell({ on: "focus", focused: true });
    tell({ on: "typed", text: "title: Two\n" });
    stop();
    await vi.runAllTimersAsync();
    expect(onCanvas()).toBe("Two");
  });

  it("a closed panel's text does not stand in the canvas's way, and can be brought back", async () => {
    tell({ on: "focus", focused: true });
    tell({ on: "typed", text: "title:" });
    await vi.runAllTimersAsync();
    stop();
    useEditor.getState().setJourney({ title: "Two" });
    follow_();
    stop = drive();
    await vi.runAllTimersAsync();
    expect(text()).toBe("title: Two\n");
    expect(useDriver.getState().sync?.lost).toBe("title:");
  });

  it("a failing server is not asked again and again", async () => {
    vi.stubGlobal("fetch", () => {
      asked.push({ path: "failed", body: {} });
      return Promise.reject(new Error("down"));
    });
    tell({ on: "typed", text: "title: Two\n" });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.filter((one) => one.path === "failed")).toHaveLength(1);
    expect(useDriver.getState().sync?.error?.error.code).toBe("unreachable");
    expect(text()).toBe("title: Two\n");
  });
});

import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JourneyDocument, JourneyView, Me, TryMoment, Tryout, TryRequest } from "../api/types";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";
import { useTrial } from "./store";
import { TryPanel } from "./TryPanel";

const document_: JourneyDocument = {
  key: "sale",
  title: "Sale",
  mode: "continuous",
  tags: [],
  goal: null,
  steps: [
    { id: "hello", kind: "made_up", title: "Hello", settings: {}, next: { sent: "look" } },
    { id: "look", kind: "made_up", title: "Look", settings: {}, next: {} },
  ],
};
const said = (text: string) => ({ en: text, ja: text });

/** A mail comes at once; whoever opens it leaves. Without the mail nothing is there to be opened. */
function played(request: TryRequest): Tryout {
  const at = "2026-12-01T01:00:00Z";
  const none = { step: null, outcome: null, to: null, mail: null };
  const sends = request.document.steps.some((step) => step.id === "hello");
  const mail = { language: "en", sender: "Shop", subject: "A sale", preview: "", html: "<p>Sale</p>", text: "" };
  const did = request.acts.length > 0;
  const moments: TryMoment[] = [
    { ...none, at, what: "mail", title: said("Gets a mail"), step: "hello", mail },
    { ...none, at, what: "moved", title: said("Hello: sent"), step: "hello", outcome: "sent", to: "look" },
    { ...none, at, what: "did", title: said("Opened"), step: "hello" },
  ];
  return {
    moments: moments.filter((one) => (one.what === "mail" ? sends : one.what !== "did" || did)),
    at_step: did && sends ? null : "look",
    now: at,
    until: "2026-12-04T01:00:00Z",
    questions: [{ type: "opened", title: said("Opens the mail"), mail: "hello", url: null }],
    problems: [],
  };
}

const requests: TryRequest[] = [];

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
  requests.length = 0;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    if (!url.includes("/api/try")) return Promise.resolve(new Response("[]"));
    const request = JSON.parse(String(init.body)) as TryRequest;
    requests.push(request);
    return Promise.resolve(new Response(JSON.stringify(played(request))));
  });
  useMe.setState({ me: { now: "2026-11-30T20:00:00Z", timezone: "Asia/Tokyo" } as Me });
  useEditor.setState({
    document: document_,
    view: { document: document_, may_see_contacts: false } as JourneyView,
    readOnly: false,
    trail: null,
  });
  useTrial.setState({ journey: null });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function begin() {
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  await screen.findByText("What happens next?");
}

async function opensAtOnce() {
  await userEvent.click(screen.getByRole("button", { name: /Opens the mail/ }));
  await userEvent.click(screen.getByRole("button", { name: "At once" }));
}

describe("Try it", () => {
  it("begins at ten in the morning of the installation's day, with a made-up person", async () => {
    render(<TryPanel />);
    await begin();
    expect(requests).toEqual([{ document: document_, contact: null, start: "2026-12-01T10:00", acts: [] }]);
    expect(useEditor.getState().trail).toEqual({ steps: ["hello", "look"], edges: [["hello", "sent"]], at: "look" });
  });

  it("shows the mail in a frame in which nothing runs", async () => {
    render(<TryPanel />);
    await begin();
    await userEvent.click(screen.getByRole("button", { name: "Open the mail “A sale”" }));
    const frame = within(screen.getByRole("dialog")).getByTitle("A sale");
    expect(frame).toHaveAttribute("sandbox", "");
    expect(frame.getAttribute("srcdoc")).toContain("<p>Sale</p>");
  });

  it("sends all answers each time, goes back, and starts again", async () => {
    render(<TryPanel />);
    await begin();
    await opensAtOnce();
    await screen.findByText("The journey is over for this person.");
    const act = { do: "happen", type: "opened", url: null, mail: "hello", after: 0 };
    expect(requests.at(-1)?.acts).toEqual([act]);
    expect(useEditor.getState().trail?.at).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "One step back" }));
    await userEvent.click(await screen.findByRole("button", { name: /Nothing: time passes/ }));
    await waitFor(() => {
      expect(requests.at(-1)?.acts).toMatchObject([{ do: "pass" }]);
    });
    await userEvent.click(screen.getByRole("button", { name: "Start again" }));
    await waitFor(() => {
      expect(requests.at(-1)?.acts).toEqual([]);
    });
  });

  it("plays the same answers on a changed journey and says which no longer apply", async () => {
    render(<TryPanel />);
    await begin();
    await opensAtOnce();
    await screen.findByText("The journey is over for this person.");
    useEditor.setState({ document: { ...document_, steps: document_.steps.slice(1) } });
    await screen.findByText(/These answers no longer apply/);
    expect(requests.at(-1)?.acts).toHaveLength(1);
    await userEvent.click(screen.getByRole("button", { name: "Remove them" }));
    await waitFor(() => {
      expect(requests.at(-1)?.acts).toEqual([]);
    });
  });

  it("clears the canvas when it is closed and keeps the answers", async () => {
    const { unmount } = render(<TryPanel />);
    await begin();
    await opensAtOnce();
    await screen.findByText("The journey is over for this person.");
    unmount();
    expect(useEditor.getState().trail).toBeNull();
    render(<TryPanel />);
    await waitFor(() => {
      expect(requests.at(-1)?.acts).toHaveLength(1);
    });
    expect(screen.getByText("The journey is over for this person.")).toBeInTheDocument();
  });
});

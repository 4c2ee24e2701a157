import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { Refusal, serve, signIn } from "../shell/answers";
import { SendingPage } from "./SendingPage";
import type { Pause, SendingState } from "./types";

const said = (en: string) => ({ en, ja: `${en}（日本語）` });
const PAUSE: Pause = { conn_id: "shop/1", at: "2026-12-01T00:00:00Z", reason: said("wrong key"), may_resume: true };

const state = (patch: Partial<SendingState> = {}): SendingState => ({
  as_of: "2026-12-01T01:00:00Z",
  since: "2026-11-30T01:00:00Z",
  shortened: false,
  pauses: [],
  connections: [
    {
      conn_id: "shop/1",
      channel: "smtp",
      pause: null,
      accepted: 12_000,
      rejected: 3,
      reasons: [{ reason: "bounce", title: said("the address bounced"), number: 3 }],
      given_up: 0,
      sending: 0,
      retryable: 0,
      next_try: null,
      unresolved: 0,
    },
  ],
  waiting: [
    {
      journey: "sale",
      journey_title: "Sale",
      step: "announce",
      step_title: { en: "Announce", ja: "Announce" },
      why: "paused",
      title: said("sending is paused"),
      about: null,
      reason: null,
      number: 40,
      earliest: null,
      latest: null,
    },
  ],
  suppressed: [{ reason: "bounce", title: said("the address bounced"), number: 9, new: 2 }],
  ...patch,
});
const none = { mails: [], next_after: null };

beforeEach(() => {
  signIn();
});

describe("the page about sending", () => {
  it("says what is paused, why and how much waits, and resumes", async () => {
    let paused = true;
    const asked = serve({
      "GET sending": () => state({ pauses: paused ? [PAUSE] : [] }),
      "GET sending/unknown": () => none,
      "POST sending/connections/shop%2F1/resume": () => {
        paused = false;
        return { resumed: true };
      },
    });
    render(<SendingPage />);
    expect(await screen.findByText("Sending over shop/1 is paused")).toBeVisible();
    expect(screen.getByText("wrong key")).toBeVisible();
    expect(screen.getByText(/40 mails wait for it in all/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Resume sending" }));
    expect(await screen.findByText(/Sending goes on/)).toBeVisible();
    expect(screen.queryByText("wrong key")).not.toBeInTheDocument();
    expect(asked.filter((one) => one.method === "POST")).toHaveLength(1);
  });

  it("offers no button to those who may not resume", async () => {
    serve({ "GET sending": () => state({ pauses: [{ ...PAUSE, may_resume: false }] }), "GET sending/unknown": () => none });
    render(<SendingPage />);
    expect(await screen.findByText(/Somebody who may edit/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Resume sending" })).not.toBeInTheDocument();
  });

  it("counts another time without losing what is shown", async () => {
    const asked = serve({ "GET sending": () => state(), "GET sending/unknown": () => none });
    render(<SendingPage />);
    expect(await screen.findByText("12,000")).toBeVisible();
    await userEvent.click(screen.getByRole("radio", { name: "7 days" }));
    expect(screen.getByText("12,000")).toBeVisible();
    await waitFor(() => {
      expect(asked.some((one) => one.path === "sending?hours=168")).toBe(true);
    });
    expect(screen.getByText("2 new in this time")).toBeVisible();
  });

  it("hides whom mails are for from those who may not know", async () => {
    const mail = {
      message_id: 1,
      journey: "sale",
      journey_title: "Sale",
      step: "announce",
      step_title: said("Announce"),
      conn_id: "shop/1",
      since: "2026-12-01T00:50:00Z",
      reason: said("no answer"),
      attempts: 1,
      most_attempts: 3,
      fate: "given_up",
      decided_at: "2026-12-01T01:50:00Z",
      recipient: null,
    };
    serve({ "GET sending": () => state(), "GET sending/unknown": () => ({ mails: [mail], next_after: null }) });
    render(<SendingPage />);
    expect(await screen.findByText(/after 10:50 given up, never sent again/)).toBeVisible();
    expect(screen.getByText(/shown to those who may edit the journey/)).toBeVisible();
  });

  it("teaches before anything was sent, and says what is wrong when it cannot load", async () => {
    const empty = state({ connections: [], waiting: [], suppressed: [] });
    serve({ "GET sending": () => empty, "GET sending/unknown": () => none });
    const { unmount } = render(<SendingPage />);
    expect(await screen.findByText("Nothing has been sent yet")).toBeVisible();
    unmount();
    serve({ "GET sending": () => new Refusal(503, "no_database") });
    render(<SendingPage />);
    expect(await screen.findByText("no_database in English")).toBeVisible();
  });
});

import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Refusal, serve, signIn } from "../shell/answers";
import { ToastList } from "../shell/toasts";
import { actsOf, type LifeAct } from "./life";
import { LifeDialog } from "./LifeDialog";
import type { Life } from "./types";

const NEVER = { paused_at: null, closed_at: null, archived_at: null };
const AT = "2026-12-01T01:00:00Z";
const life = (patch: Partial<Life> = {}): Life => ({ ...NEVER, inside: 56, waiting_moments: 0, due: 0, ...patch });
const close = vi.fn();
const done = vi.fn();
const instead = vi.fn();

function show(act: LifeAct) {
  render(
    <>
      <LifeDialog act={act} journey="sale" close={close} done={done} instead={instead} />
      <ToastList />
    </>,
  );
}

beforeEach(() => {
  signIn();
  vi.clearAllMocks();
});

describe("what can be done with a journey", () => {
  it("goes with its state", () => {
    const runs = true;
    expect(actsOf({ paused: false, life: NEVER, runs })).toEqual(["pause", "close", "archive"]);
    expect(actsOf({ paused: true, life: { ...NEVER, closed_at: AT }, runs })).toEqual(["resume", "reopen", "archive"]);
    expect(actsOf({ paused: false, life: { ...NEVER, archived_at: AT }, runs: false })).toEqual(["unarchive"]);
    expect(actsOf({ paused: false, life: NEVER, runs: false })).toEqual([]);
  });
});

describe("pausing", () => {
  it("pauses with us first, then in Airflow's list", async () => {
    const asked = serve({
      "GET journeys/sale/life": () => life(),
      "POST journeys/sale/pause": () => life({ paused_at: AT }),
      "PATCH /api/v2/dags/sale": () => ({}),
    });
    show("pause");
    await userEvent.type(await screen.findByRole("textbox"), "stock is out");
    await userEvent.click(screen.getByRole("button", { name: "Pause" }));
    expect(await screen.findByText("The journey is paused.")).toBeVisible();
    expect(asked.slice(1).map((one) => one.body)).toEqual([{ reason: "stock is out" }, { is_paused: true }]);
    expect(done).toHaveBeenCalledOnce();
  });

  it("holds even when Airflow's list refuses, and says so", async () => {
    serve({
      "GET journeys/sale/life": () => life(),
      "POST journeys/sale/pause": () => life({ paused_at: AT }),
      "PATCH /api/v2/dags/sale": () => new Refusal(500, "down"),
    });
    show("pause");
    await userEvent.click(await screen.findByRole("button", { name: "Pause" }));
    expect(await screen.findByText(/It holds, but Airflow’s own list/)).toBeVisible();
    expect(done).toHaveBeenCalledOnce();
  });
});

describe("resuming", () => {
  it("asks how deadlines go on, and says for how many the time is up", async () => {
    const asked = serve({
      "GET journeys/sale/life": () => life({ paused_at: AT, waiting_moments: 1_234, due: 3 }),
      "POST journeys/sale/resume": () => life(),
      "PATCH /api/v2/dags/sale": () => ({}),
    });
    show("resume");
    expect(await screen.findByText(/For 1,234 people the time is up/)).toBeVisible();
    expect(screen.getByText(/3 people are due already: they move on at once either way/)).toBeVisible();
    expect(screen.getByRole("radio", { name: /time had stood still/ })).toBeChecked();
    await userEvent.click(screen.getByRole("radio", { name: /Catch up/ }));
    await userEvent.click(screen.getByRole("button", { name: "Resume" }));
    await waitFor(() => {
      expect(asked.slice(1).map((one) => one.body)).toEqual([{ reason: "", deadlines: "catch_up" }, { is_paused: false }]);
    });
  });

  it("only turns Airflow's switch where only that was turned", async () => {
    const asked = serve({ "GET journeys/sale/life": () => life(), "PATCH /api/v2/dags/sale": () => ({}) });
    show("resume");
    expect(await screen.findByText(/It was paused in Airflow/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Resume" }));
    expect(await screen.findByText("The journey goes on.")).toBeVisible();
    expect(asked.map((one) => one.method)).toEqual(["GET", "PATCH"]);
  });
});

describe("stopping entries", () => {
  it("lets people finish, unless all are to leave: then the button says how many", async () => {
    const asked = serve({
      "GET journeys/sale/life": () => life(),
      "POST journeys/sale/close": () => life({ closed_at: AT, inside: 0 }),
    });
    show("close");
    expect(await screen.findByRole("button", { name: "Stop new entries" })).toBeVisible();
    await userEvent.click(screen.getByRole("radio", { name: /Let all leave/ }));
    await userEvent.click(screen.getByRole("button", { name: "Stop, and end it for 56 people" }));
    await waitFor(() => {
      expect(asked.at(-1)?.body).toEqual({ reason: "", people: "leave" });
    });
  });
});

describe("archiving", () => {
  it("needs nobody inside, and leads to what has to be done first", async () => {
    serve({ "GET journeys/sale/life": () => life() });
    show("archive");
    expect(await screen.findByText(/56 people are still in it/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Archive" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Stop new entries" }));
    expect(instead).toHaveBeenCalledWith("close");
  });

  it("is said in the dialog when it fails", async () => {
    serve({ "GET journeys/sale/life": () => life({ inside: 0 }), "POST journeys/sale/archive": () => new Refusal(409, "busy") });
    show("archive");
    await userEvent.click(await screen.findByRole("button", { name: "Archive" }));
    expect(await screen.findByText("busy in English")).toBeVisible();
    expect(close).not.toHaveBeenCalled();
  });
});

import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { small } from "../journey/made-up";
import { madeView, openJourney } from "../publish/made-up";
import { serve, signIn } from "../shell/answers";
import { StartButton } from "./StartButton";

const RUN = "manual__2026-12-01T01:00:00+00:00";

async function start(): Promise<void> {
  openJourney(madeView({ document: { ...small(), mode: "one_off" }, state: "live" }));
  serve({
    "POST /api/v2/dags/made_up/dagRuns": () => ({ dag_run_id: RUN }),
    "POST audience": () => ({ count: 3, mailable: 2 }),
  });
  render(<StartButton />);
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
}

const confirm = () => userEvent.click(screen.getAllByRole("button", { name: "Start" }).at(-1) as HTMLElement);

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
});

describe("starting a journey that goes once", () => {
  it("is done when nobody need approve", async () => {
    signIn();
    await start();
    expect(screen.queryByText(/second person/)).not.toBeInTheDocument();
    await confirm();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("says before and after that a second person must approve, and where", async () => {
    signIn({ approval_above: -1 });
    await start();
    expect(screen.getByText("A second person must approve in Airflow before anybody enters.")).toBeVisible();
    await confirm();
    expect(await screen.findByText(/Nobody has entered yet/)).toBeVisible();
    const link = screen.getByRole("link", { name: "Open the run in Airflow" });
    expect(link).toHaveAttribute("href", `/dags/made_up/runs/${encodeURIComponent(RUN)}`);
    await userEvent.click(screen.getAllByRole("button", { name: "Close" }).at(-1) as HTMLElement);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("names the number above which one must", async () => {
    signIn({ approval_above: 1_000 });
    await start();
    expect(screen.getByText(/^If more than 1,000 people would enter/)).toBeVisible();
    await confirm();
    expect(await screen.findByText(/^If more than 1,000 people fit, nobody has entered yet/)).toBeVisible();
  });
});

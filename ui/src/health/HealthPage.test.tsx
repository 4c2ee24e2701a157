import { render, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { HealthCheck, HealthState } from "../api/types";
import { Refusal, serve, signIn } from "../shell/answers";
import { HealthPage } from "./HealthPage";
import { parted, shareLimit } from "./told";

const said = (en: string) => ({ en, ja: `${en}（日本語）` });

const check = (patch: Partial<HealthCheck> = {}): HealthCheck => ({
  id: "runs",
  code: "runs",
  state: "good",
  title: said("Runs"),
  said: said("No run takes long."),
  advice: null,
  value: 0,
  limit: 1800,
  unit: "seconds",
  journey: null,
  page: null,
  ...patch,
});
const LATE = check({
  id: "overdue:sale/1",
  code: "overdue",
  state: "bad",
  title: said("People who are due"),
  said: said("Nobody moves."),
  advice: said("Look at its last run."),
  journey: "sale/1",
});
const SPAM = check({
  id: "complaints",
  state: "warning",
  title: said("Spam reports"),
  said: said("0.12 % of 10,000 mails."),
  value: 0.0012,
  limit: 0.001,
  unit: "share",
  page: "sending",
});
const state = (...checks: HealthCheck[]): HealthState => ({
  at: "2026-12-01T01:00:00Z",
  state: checks[0]?.state ?? "good",
  checks,
});

beforeEach(() => {
  signIn();
});

describe("the page about health", () => {
  it("is calm when all is well", async () => {
    serve({ "GET health": () => state(check()) });
    render(<HealthPage />);
    expect(await screen.findByText("Everything works")).toBeVisible();
    expect(screen.getByText("Nobody has to do anything.")).toBeVisible();
    expect(screen.getByText("No run takes long.")).toBeVisible();
    expect(screen.queryByText("What to do")).not.toBeInTheDocument();
    expect(screen.getByText("As of 1 Dec, 10:00")).toBeVisible();
  });

  it("says what is wrong, what to do and where", async () => {
    serve({ "GET health": () => state(LATE, SPAM, check()) });
    render(<HealthPage />);
    expect(await screen.findByText("Something is wrong")).toBeVisible();
    const [late, spam] = screen.getAllByRole("article").map((one) => within(one));
    expect(late?.getByText("Problem")).toBeVisible();
    expect(late?.getByText("Look at its last run.")).toBeVisible();
    expect(late?.getByRole("link", { name: "Open the journey" }).getAttribute("href")).toContain("#/journeys/sale%2F1");
    expect(spam?.getByText("Please check")).toBeVisible();
    expect(spam?.getByText("(warning from 0.1%)")).toBeVisible();
    expect(spam?.getByRole("link", { name: "See Sending" }).getAttribute("href")).toContain("#/sending");
    expect(screen.getAllByRole("listitem")).toHaveLength(1);
  });

  it("says so when it may not or cannot be loaded", async () => {
    serve({ "GET health": () => new Refusal(403, "refused") });
    const { unmount } = render(<HealthPage />);
    expect(await screen.findByText("You may not see this")).toBeVisible();
    unmount();
    serve({ "GET health": () => new Refusal(503, "no_database") });
    render(<HealthPage />);
    expect(await screen.findByText("no_database in English")).toBeVisible();
  });
});

describe("what is shown of a check", () => {
  it("keeps the order of the server", () => {
    const { troubles, fine } = parted([LATE, SPAM, check(), check({ id: "b" })]);
    expect(troubles.map((one) => one.id)).toEqual(["overdue:sale/1", "complaints"]);
    expect(fine.map((one) => one.id)).toEqual(["runs", "b"]);
  });
  it("names the limits of shares only", () => {
    expect(shareLimit(SPAM, "ja")).toBe("0.1%");
    expect(shareLimit(LATE, "en")).toBeNull();
    expect(shareLimit({ ...SPAM, limit: null }, "en")).toBeNull();
  });
});
